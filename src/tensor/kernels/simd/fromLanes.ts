/** A kernel over four lanes at a time, registered for the wasm backend where the engine has SIMD; others compose tfjs operations. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../typed/fromTyped.ts"
import type { Code, Lanes } from "./Code.ts"
import { compile, onHeap } from "./Routine.ts"

// ---------------------------------------------------------------- model

/** What is computed, element by element, of tensors and of numbers that are the same for all elements of a sample. */
export interface Elementwise<Name extends string> {
  readonly tensors: readonly Name[]
  readonly numbers: readonly Name[]
  readonly body: (code: Code, values: Readonly<Record<Name, Lanes>>) => Lanes
}

// --------------------------------------------------------- constructors

/**
 * `tensors` are the names of inputs of one shape, float32 `[batch, ...]`, which is that of the output; `numbers` those of attributes, each an
 * array with a number for every sample of the batch.
 */
export const fromLanes = <const Name extends string>(
  kernelName: string,
  { tensors, numbers, body }: Elementwise<Name>,
): readonly tf.KernelConfig[] => {
  const map = compile<Name | "count" | "out", Name>({
    wholes: ["count", ...tensors, "out"],
    numbers,
    body: (code, places, given) =>
      code.along(places.count, (part) => {
        const loaded = Object.fromEntries(tensors.map((name) => [name, part.load(places[name])]))
        part.store(places.out, body(code, { ...given, ...(loaded as Record<Name, Lanes>) })) // every name is there
      }),
  })
  return onHeap(kernelName, (heap, inputs, attrs) => {
    const given = tensors.map((name) => inputOf(inputs, name))
    const shape = given[0]?.shape ?? []
    const out = heap.output(shape, "float32")
    for (const tensor of given) heap.touch(tensor)
    const places = given.map(heap.place)
    const values = numbers.map((name) => attrs[name] as readonly number[]) // the attributes are ours
    const samples = values[0]?.length ?? 1
    const count = sizeOf(shape) / samples
    for (let i = 0; i < samples; i++)
      map(heap.backend, {
        ...(Object.fromEntries([
          ...tensors.map((name, t) => [name, (places[t] ?? NaN) + 4 * i * count]),
          ...numbers.map((name, n) => [name, values[n]?.[i] ?? NaN]),
        ]) as Record<Name, number>), // every name is there
        count,
        out: heap.place(out) + 4 * i * count,
      })
    return out
  })
}
