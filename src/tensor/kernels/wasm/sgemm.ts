/**
 * A matrix product from outside of WebAssembly that works in place on its memory, for where there is one: a BLAS in Node.
 *
 * Laws (checked by `test/node/native.test.ts` and the catalogue): the same numbers give the same bits, whatever ran before and beside it, and the
 * result is within 1e-6 of float64, relative to the sum of |terms|. Which products it does is decided by their shapes alone.
 */
import type { Memory } from "./assembler/webAssembly.ts"

// ---------------------------------------------------------------- model

/** One product op(a) op(b) of shape [m, k] by [k, n], row by row. The strides are the distances of rows as they are stored, in elements. */
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

/** What can be plugged in. */
export interface Sgemm {
  /** What it is and how it runs: "OpenBLAS 0.3.34, 2 threads". */
  readonly name: string
  /** What it is alone: "OpenBLAS 0.3.34"; `name` unless given. */
  readonly version?: string
  /** Null, as where nothing is said, if it decides for itself. */
  readonly threads?: number | null
  /** The processor whose kernels it has chosen, where it tells. */
  readonly core?: string | null
  /** Multiplications from which on a product is worth the call; smaller ones stay in JavaScript or wasm. */
  readonly least: number
  /** Writes the product to `out`, which it reads only where it adds; `a`, `b` and `out` are places in the memory, in bytes. */
  readonly multiply: (memory: Memory, product: Product, a: number, b: number, out: number) => void
}

// ----------------------------------------------------------- combinators

/**
 * Has products of matrices on the wasm backend done by `sgemm` from now on; null gives them back to XNNPACK. Do it before the first product:
 * the bits of the two differ, and what one evaluated the other does not rebuild.
 */
export const setSgemm = (sgemm: Sgemm | null): void => {
  plugged = sgemm
}

// ---------------------------------------------------------- destructors

/** What is plugged in. */
export const pluggedSgemm = (): Sgemm | null => plugged

/** What is plugged in, where it does a product of this shape. */
export const sgemmFor = (m: number, k: number, n: number): Sgemm | null =>
  plugged !== null && m * k * n >= plugged.least ? plugged : null

let plugged: Sgemm | null = null
