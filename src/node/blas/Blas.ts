/**
 * A BLAS library, loaded into this process. It computes in place on the heap of the backend wasm.
 */
import type { Product, Sgemm } from "../../tensor/kernels/wasm/sgemm.ts"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import type { Library } from "./Library.ts"

// ---------------------------------------------------------------- model

export interface Blas extends Sgemm {
  /** For example "OpenBLAS 0.3.34". */
  readonly version: string
  /** Null if the library chooses them, as Accelerate does. */
  readonly threads: number | null
  /** The processor whose kernels the library uses; null if it does not say. */
  readonly core: string | null
}

// --------------------------------------------------------- constructors

/** Loads a library, sets its threads and tests one product. Throws `NativeUnavailable` if any of these fails. */
export const loadBlas = async (library: Library, threads: number): Promise<Blas> => {
  const { kind, file, prefix } = library
  const koffi = await loadKoffi()
  try {
    const loaded = koffi.load(file)
    // Addresses are passed as numbers: creating a view per product would cost more than a small product.
    const call = loaded.func(
      `void ${prefix}cblas_sgemm(int, int, int, int, int, int, float, uintptr_t, int, uintptr_t, int, float, uintptr_t, int)`,
    ) as Cblas
    const described =
      kind === "openblas"
        ? {
            version: versionOf(String(loaded.func(`const char *${prefix}openblas_get_config(void)`)())),
            core: String(loaded.func(`const char *${prefix}openblas_get_corename(void)`)()),
            threads: fixThreads(loaded, prefix, threads),
          }
        : { version: "Accelerate", core: null, threads: null }
    const blas = {
      ...described,
      least: 1024,
      name: `${described.version}, ${described.threads === null ? "its own threads" : countOf(described.threads)}`,
      multiply: multiplyBy(call, (buffer) => Number(koffi.address(new Uint8Array(buffer)))),
    }
    if (multipliesCorrectly(blas)) return blas
  } catch (error) {
    if (error instanceof NativeUnavailable) throw error
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n")
    throw new NativeUnavailable(`The library ${file} cannot be used: ${reason}. Run: npx bijou setup blas`)
  }
  throw new NativeUnavailable(
    `The library ${file} computes a wrong product, perhaps because it was built for 64-bit sizes. Run: npx bijou setup blas --from pypi`,
  )
}

/** Loads the package that calls native functions. Throws `NativeUnavailable` if it is missing. */
export const loadKoffi = async () => {
  try {
    return (await import("koffi")).default
  } catch {
    throw new NativeUnavailable(
      "A BLAS needs the package koffi, which is not installed or does not support this platform. Run: npm install koffi",
    )
  }
}

type Loaded = ReturnType<Awaited<ReturnType<typeof loadKoffi>>["load"]>

type Cblas = (...parameters: number[]) => void

const [ROW_MAJOR, PLAIN, TRANSPOSED] = [101, 111, 112]

const multiplyBy = (call: Cblas, addressOf: (buffer: ArrayBufferLike) => number): Sgemm["multiply"] => {
  // Growing the heap replaces the buffer. Engines keep its address today, but do not promise to.
  let buffer: ArrayBufferLike | null = null
  let base = 0
  return (memory, { m, n, k, transposeA, transposeB, strideA, strideB, strideOut, adds }, a, b, out) => {
    if (memory.buffer !== buffer) {
      buffer = memory.buffer
      base = addressOf(buffer)
    }
    const [opA, opB] = [transposeA ? TRANSPOSED : PLAIN, transposeB ? TRANSPOSED : PLAIN]
    const kept = adds === true ? 1 : 0
    call(ROW_MAJOR, opA, opB, m, n, k, 1, base + a, strideA, base + b, strideB, kept, base + out, strideOut)
  }
}

/** An older OpenBLAS may lack kernels for the processor; one that does not report its version is older still. */
const OLDEST = [0, 3, 21]

const versionOf = (config: string): string => {
  const [version = ""] = /\d+\.\d+\.\d+/.exec(config) ?? []
  const parts = version.split(".").map(Number)
  const older = parts.findIndex((part, i) => part !== OLDEST[i])
  if (version === "" || (older >= 0 && (parts[older] ?? 0) < (OLDEST[older] ?? 0)))
    throw new Error(
      `it is OpenBLAS ${version || "of an unknown version"}, and bijou needs ${OLDEST.join(".")} or newer`,
    )
  return `OpenBLAS ${version}`
}

const fixThreads = (loaded: Loaded, prefix: string, threads: number): number => {
  loaded.func(`void ${prefix}openblas_set_num_threads(int)`)(threads)
  return Number(loaded.func(`int ${prefix}openblas_get_num_threads(void)`)())
}

const countOf = (threads: number): string => `${threads} thread${threads === 1 ? "" : "s"}`

/** Products of small integers are exact in any order of summation. */
const multipliesCorrectly = ({ multiply }: Pick<Sgemm, "multiply">): boolean => {
  const [m, k, n] = [5, 7, 6]
  const heap = new Float32Array(m * k + k * n + m * n)
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    for (let i = 0; i < heap.length; i++) heap[i] = i < m * k + k * n ? ((i * 37) % 11) - 5 : NaN
    const stored: Product = {
      ...{ m, n, k, transposeA, transposeB },
      ...{ strideA: transposeA ? m : k, strideB: transposeB ? k : n, strideOut: n },
    }
    const given = [0, 4 * m * k, 4 * (m * k + k * n)] as const
    multiply({ buffer: heap.buffer }, stored, ...given)
    multiply({ buffer: heap.buffer }, { ...stored, adds: true }, ...given)
    const a = (i: number, l: number) => heap[transposeA ? l * m + i : i * k + l] ?? NaN
    const b = (l: number, j: number) => heap[m * k + (transposeB ? j * k + l : l * n + j)] ?? NaN
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0
        for (let l = 0; l < k; l++) sum += a(i, l) * b(l, j)
        if (heap[m * k + k * n + i * n + j] !== 2 * sum) return false
      }
  }
  return true
}
