/** Kernels over the heap of TensorFlow.js's wasm backend. */
import type { tf } from "../../tf.ts"
import type { Access } from "../cpu/Access.ts"
import type { Loop } from "../cpu/Loop.ts"
import { implement, type Implementation, type Returned } from "../implement.ts"
import { oncePer } from "../oncePer.ts"
import type { Contract, Outputs } from "../spec/Kernel.ts"
import { hasSimd } from "./assembler/Routine.ts"
import { asWasm, fromWasm, type WasmBackend } from "./WasmBackend.ts"

// ---------------------------------------------------------------- model

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
export type OnHeap<I extends object, A extends object, O extends Outputs> = (
  heap: Heap,
  inputs: I,
  attributes: A,
) => NoInfer<Returned<O>>

// --------------------------------------------------------- constructors

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

/** Implements a kernel over the heap of the wasm backend, where the engine has SIMD. */
export const onHeap = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  kernel: OnHeap<I, A, O>,
): readonly Implementation[] =>
  hasSimd ? [implement(contract, "wasm", (backend) => heapOf(asWasm(backend)), kernel)] : []

/** Implements a kernel by its loop over the heap. */
export const byLoop = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  loop: Loop<I, A, O>,
): Implementation => implement(contract, "wasm", (backend) => fromWasm(asWasm(backend)), loop)

/**
 * Implements a kernel four lanes at a time where that can be, and by its loop elsewhere, with the same bits. `lanes` returns null for sizes that it
 * does not do, before it makes anything.
 */
export const inLanes = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  loop: Loop<I, A, O>,
  lanes: (...given: Parameters<OnHeap<I, A, O>>) => NoInfer<Returned<O>> | null,
): readonly Implementation[] =>
  hasSimd
    ? onHeap(contract, (heap, inputs, attributes) => lanes(heap, inputs, attributes) ?? loop(heap, inputs, attributes))
    : [byLoop(contract, loop)]
