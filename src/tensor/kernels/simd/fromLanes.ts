/** A kernel over four lanes at a time, registered for the wasm backend where the engine has SIMD; others compose tfjs operations. */
import type { tf } from "../../tf.ts"
import { sizeOf } from "../../../exact/frame.ts"
import { asWasm, fromWasm, type WasmBackend } from "../typed/access.ts"
import { inputOf } from "../typed/fromTyped.ts"
import { moduleOf, type Elementwise } from "./Code.ts"
import { webAssembly } from "./webAssembly.ts"

/**
 * `tensors` are the names of inputs of one shape, float32 `[batch, ...]`, which is that of the output; `numbers` those of attributes, each an
 * array with a number for every sample of the batch.
 */
export const fromLanes = <const Name extends string>(
  kernelName: string,
  elementwise: Elementwise<Name>,
): readonly tf.KernelConfig[] => {
  const bytes = moduleOf(elementwise)
  if (!webAssembly.validate(bytes)) return []
  const functions = new WeakMap<WasmBackend, Map>()
  const compiled = (backend: WasmBackend): Map => {
    const known = functions.get(backend)
    if (known !== undefined) return known
    const { exports } = new webAssembly.Instance(new webAssembly.Module(bytes), {
      env: { memory: backend.wasm.asm.memory },
    })
    const map = exports["map"] as Map // the one export of `moduleOf`
    functions.set(backend, map)
    return map
  }
  return [
    {
      kernelName,
      backendName: "wasm",
      kernelFunc: ({ inputs, backend: given, attrs }) => {
        const backend = asWasm(given)
        const access = fromWasm(backend)
        const tensors = elementwise.tensors.map((name) => inputOf(inputs, name))
        const shape = tensors[0]?.shape ?? []
        const out = access.output(shape, "float32")
        for (const tensor of tensors) access.touch(tensor)
        const places = [...tensors, out].map(({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset)
        const numbers = elementwise.numbers.map((name) => attrs?.[name] as unknown as readonly number[]) // the attributes are ours
        const samples = numbers[0]?.length ?? 1
        const count = sizeOf(shape) / samples
        const map = compiled(backend)
        for (let i = 0; i < samples; i++)
          map(count, ...numbers.map((values) => values[i] ?? NaN), ...places.map((place) => place + 4 * i * count))
        return out
      },
    },
  ]
}

type Map = (...parameters: number[]) => void
