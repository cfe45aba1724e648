/**
 * An external matmul that works in place on WebAssembly memory, such as a BLAS in Node.
 *
 * Laws (checked by `test/node/native.test.ts` and the catalogue): the same inputs give the same bits, regardless of
 * what ran before or runs concurrently, and the result is within 1e-6 of float64, relative to the sum of |terms|.
 * Shapes alone decide which matmuls it computes.
 */
import type { Memory } from "./assembler/webAssembly.ts"

// ---------------------------------------------------------------- model

/**
 * One matmul op(a) op(b) of shapes [m, k] and [k, n], in row-major order. The strides are the distances between stored
 * rows, in elements.
 */
export interface Product {
  readonly m: number
  readonly n: number
  readonly k: number
  /** Whether a is stored as [k, m]. */
  readonly transposeA: boolean
  /** Whether b is stored as [n, k]. */
  readonly transposeB: boolean
  readonly strideA: number
  readonly strideB: number
  readonly strideOut: number
  /** Whether the product is added to what `out` holds, and does not replace it; no unless given. */
  readonly adds?: boolean
}

/** An sgemm that can be plugged in. */
export interface Sgemm {
  /** Its name and configuration, such as "OpenBLAS 0.3.34, 2 threads". */
  readonly name: string
  /** Its name and version, such as "OpenBLAS 0.3.34"; `name` by default. */
  readonly version?: string
  /** The number of threads; null or missing if the library decides. */
  readonly threads?: number | null
  /** The processor for which it selected its kernels, if it reports one. */
  readonly core?: string | null
  /** The least number of multiplications for which a call pays off. Smaller matmuls run in JavaScript or wasm. */
  readonly least: number
  /** Writes the matmul to `out`, which it reads only if `adds`. `a`, `b` and `out` are byte addresses in the memory. */
  readonly multiply: (memory: Memory, product: Product, a: number, b: number, out: number) => void
}

// ----------------------------------------------------------- combinators

/**
 * Makes `sgemm` compute the matmuls of the wasm backend from now on; null switches back to XNNPACK. Call this before
 * the first matmul: the two give different bits, so one cannot rebuild what the other computed.
 */
export const setSgemm = (sgemm: Sgemm | null): void => {
  plugged = sgemm
}

// ---------------------------------------------------------- destructors

/** Returns the plugged-in sgemm, or null. */
export const pluggedSgemm = (): Sgemm | null => plugged

/** Returns the plugged-in sgemm if it computes matmuls of this shape, else null. */
export const sgemmFor = (m: number, k: number, n: number): Sgemm | null =>
  plugged !== null && m * k * n >= plugged.least ? plugged : null

let plugged: Sgemm | null = null
