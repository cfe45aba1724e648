/** Kernels on the heap of TensorFlow.js's wasm backend. */
import type { tf } from "../../tf.ts"
import type { Access } from "../cpu/Access.ts"
import type { Loop } from "../cpu/Loop.ts"
import { implement, type Implementation, type Returned } from "../implement.ts"
import { oncePer } from "../oncePer.ts"
import type { Contract, Outputs } from "../spec/Kernel.ts"
import { hasSimd } from "./assembler/Routine.ts"
import { asWasm, fromWasm, type WasmBackend } from "./WasmBackend.ts"

// ---------------------------------------------------------------- model

/** The operations that a kernel on the heap uses. */
export interface Heap extends Access {
  readonly backend: WasmBackend
  /**
   * Returns the byte address of a tensor. It first copies a tensor that is on another backend, which may grow the heap.
   */
  readonly place: (x: tf.TensorInfo) => number
  /** Returns a new handle to the buffer of x, for a kernel that changed x in place. */
  readonly same: (x: tf.TensorInfo) => tf.TensorInfo
  /** Returns a view of `count` float32 numbers at an address. */
  readonly numbers: (place: number, count: number) => Float32Array
  /** Allocates memory for `count` float32 numbers while `body` runs. */
  readonly scratch: <A>(count: number, body: (place: number) => A) => A
}

/** A kernel on the heap. */
export type OnHeap<I extends object, A extends object, O extends Outputs> = (
  heap: Heap,
  inputs: I,
  attributes: A,
) => NoInfer<Returned<O>>

// --------------------------------------------------------- constructors

/** Returns the heap of a backend. */
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

/** Implements a kernel on the heap of the wasm backend, if the engine has SIMD. */
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
 * Implements a kernel in SIMD lanes where possible and by its loop otherwise, with the same bits. `lanes` returns null
 * for unsupported sizes, before it allocates anything.
 */
export const inLanes = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  loop: Loop<I, A, O>,
  lanes: (...given: Parameters<OnHeap<I, A, O>>) => NoInfer<Returned<O>> | null,
): readonly Implementation[] =>
  hasSimd
    ? onHeap(contract, (heap, inputs, attributes) => lanes(heap, inputs, attributes) ?? loop(heap, inputs, attributes))
    : [byLoop(contract, loop)]
