/** A function of our own on the heap of tfjs's wasm backend: written once, compiled when a backend first calls it. */
import { asWasm, fromWasm, oncePer, type Access, type WasmBackend } from "../../cpu/Access.ts"
import type { Code, Lanes, Whole } from "./Code.ts"
import { F32, GET, I32, moduleAround, SET, SIMD, unsigned, V128 } from "./instructions.ts"
import { webAssembly } from "./webAssembly.ts"
import { writer } from "./writer.ts"
import type { tf } from "../../../tf.ts"

// ---------------------------------------------------------------- model

/** Parameters in the order in which they are passed, whole numbers first, and what is done with them. */
export interface Routine<Name extends string, Given extends string> {
  /** Counts, and places of tensors in bytes. */
  readonly wholes: readonly Name[]
  /** Float32 numbers, handed to the body in all four lanes. */
  readonly numbers: readonly Given[]
  readonly body: (code: Code, wholes: Readonly<Record<Name, Whole>>, numbers: Readonly<Record<Given, Lanes>>) => void
}

/** Calls a routine on the heap of a backend. */
export type Call<Name extends string> = (backend: WasmBackend, values: Readonly<Record<Name, number>>) => void

// --------------------------------------------------------- constructors

/** The module whose function `run` is the routine. */
const moduleOf = <Name extends string, Given extends string>({
  wholes,
  numbers,
  body,
}: Routine<Name, Given>): Uint8Array => {
  const count = wholes.length + numbers.length
  const { code, written, locals } = writer(count + numbers.length)
  const splats = numbers.flatMap((_, i) => [
    ...[GET, ...unsigned(wholes.length + i), SIMD, 0x13],
    ...[SET, ...unsigned(count + i)],
  ])
  const given = Object.fromEntries(wholes.map((name, index) => [name, { index }]))
  const lanes = Object.fromEntries(numbers.map((name, i) => [name, { local: count + i }]))
  body(code, given as Record<Name, Whole>, lanes as Record<Given, Lanes>) // every name is there
  return moduleAround(
    [...wholes.map(() => I32), ...numbers.map(() => F32)],
    [...numbers.map(() => V128), ...locals],
    [...splats, ...written()],
  )
}

/** The routine, compiled for a backend when it is first called there. */
export const compile = <Name extends string, Given extends string>(
  routine: Routine<Name, Given>,
): Call<Name | Given> => {
  const names: readonly (Name | Given)[] = [...routine.wholes, ...routine.numbers]
  // Filled anew for every call, so that a call makes no array.
  const given = names.map(() => 0)
  const instance = oncePer((backend: WasmBackend) => {
    const { exports } = new webAssembly.Instance(new webAssembly.Module(moduleOf(routine)), {
      env: { memory: backend.wasm.asm.memory },
    })
    return exports["run"] as (...values: number[]) => void // the one export of `moduleOf`
  })
  return (backend, values) => {
    for (let i = 0; i < names.length; i++) {
      const name = names[i]
      if (name !== undefined) given[i] = values[name]
    }
    instance(backend)(...given)
  }
}

/** The number of rows of a shape and the number of elements in each. */
export const rowsOf = (shape: readonly number[]): readonly [rows: number, width: number] => {
  let rows = 1
  for (let axis = 0; axis < shape.length - 1; axis++) rows *= shape[axis] ?? 1
  return [rows, shape.at(-1) ?? 1]
}

// ---------------------------------------------------------- destructors

/** What a kernel over the heap works with. */
export interface Heap extends Access {
  readonly backend: WasmBackend
  /** Where a tensor starts, in bytes; a tensor that lives on another backend is brought over, which may let the heap grow. */
  readonly place: (x: tf.TensorInfo) => number
  /** The buffer of x under another handle: what a kernel returns that has changed x in place. */
  readonly same: (x: tf.TensorInfo) => tf.TensorInfo
  /** `count` float32 numbers at a place. */
  readonly numbers: (place: number, count: number) => Float32Array
  /** Memory for `count` float32 numbers while `body` runs. */
  readonly scratch: <A>(count: number, body: (place: number) => A) => A
}

/** What a kernel over the heap does. */
export type OnHeap = (
  heap: Heap,
  inputs: tf.NamedTensorInfoMap,
  attrs: Readonly<Record<string, unknown>>,
) => tf.TensorInfo | tf.TensorInfo[]

/** A kernel of the wasm backend over its heap; none where the engine has no SIMD. */
export const onHeap = (kernelName: string, kernel: OnHeap): readonly tf.KernelConfig[] => {
  if (!hasSimd) return []
  const kernelFunc: tf.KernelFunc = ({ inputs, backend, attrs }) => kernel(heapOf(asWasm(backend)), inputs, attrs ?? {})
  return [{ kernelName, backendName: "wasm", kernelFunc }]
}

/** What a stock kernel makes of the same call. */
export const callStock = (
  stock: tf.KernelFunc,
  { backend }: Heap,
  inputs: tf.NamedTensorInfoMap,
  attrs: Readonly<Record<string, unknown>>,
): tf.TensorInfo | tf.TensorInfo[] => stock({ inputs, backend, attrs: attrs as tf.NamedAttrMap }) // as tfjs passed them

/** Whether the engine has SIMD, and with it the kernels of this folder. */
export const hasSimd = webAssembly.validate(
  moduleOf({ wholes: ["x"], numbers: [], body: ({ load, store }, { x }) => store(x, load(x)) }),
)

/** The heap of a backend. */
export const heapOf = oncePer((backend: WasmBackend): Heap => {
  const access = fromWasm(backend)
  const place = ({ dataId }: tf.TensorInfo) => backend.dataIdMap.get(dataId).memoryOffset
  return {
    ...access,
    backend,
    place,
    same: ({ dataId, shape, dtype }) => {
      backend.incRef(dataId)
      return { dataId, shape, dtype }
    },
    numbers: (at, count) => new Float32Array(backend.wasm.HEAPU8.buffer, at, count),
    scratch: (count, body) => {
      const memory = access.output([count], "float32")
      try {
        return body(place(memory))
      } finally {
        backend.disposeData(memory.dataId)
      }
    },
  }
})
