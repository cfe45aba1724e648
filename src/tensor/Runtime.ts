/**
 * What tensors are computed with, as far as bits depend on it. Two runs in equal runtimes, on equal processors, have the same bits.
 */
import * as t from "io-ts"
import { chosenKernels } from "./kernels/dispatch.ts"
import { hasOpLibrary } from "./kernels/tensorflow/opLibrary.ts"
import { pluggedSgemm } from "./kernels/wasm/sgemm.ts"
import { integer } from "./numbers.ts"
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** As JSON it is part of every checkpoint. */
export const Runtime = t.readonly(
  t.strict({
    backend: t.string,
    /** Whether layers and blocks use custom kernels where the backend has them. */
    kernels: t.keyof({ own: null, composed: null }),
    /** The BLAS, the TensorFlow or the device of webgpu: "OpenBLAS 0.3.34"; null where the backend is all there is. */
    library: t.union([t.string, t.null]),
    /** The processor whose kernels a BLAS has chosen, where it tells. */
    processor: t.union([t.string, t.null]),
    /** The threads of a BLAS in each worker, or of TensorFlow; null where nobody chose. */
    threads: t.union([integer(1, 4096), t.null]),
    /** Whether TensorFlow has bijou's own operations. */
    opLibrary: t.boolean,
  }),
  "Runtime",
)

export type Runtime = t.TypeOf<typeof Runtime>

// ---------------------------------------------------------- constructors

/** What is in use at this moment. */
export const currentRuntime = (): Runtime => {
  const backend = tf.getBackend()
  const blas = backend === "wasm" ? pluggedSgemm() : null
  const described = descriptions.get(backend)
  return {
    backend,
    kernels: chosenKernels(),
    library: blas === null ? (described?.library ?? null) : (blas.version ?? blas.name),
    processor: blas?.core ?? null,
    threads: blas === null ? (described?.threads ?? null) : (blas.threads ?? null),
    opLibrary: backend === "tensorflow" && hasOpLibrary(),
  }
}

/** Describes the library or device of a backend; the code that loads it calls this. */
export const describeBackend = (backend: string, description: Pick<Runtime, "library" | "threads">): void => {
  descriptions.set(backend, description)
}

const descriptions = new Map<string, Pick<Runtime, "library" | "threads">>()

// ---------------------------------------------------------- destructors

/** Whether the same bits are to be expected. */
export const sameRuntime = (x: Runtime, y: Runtime): boolean =>
  x.backend === y.backend &&
  x.kernels === y.kernels &&
  x.library === y.library &&
  x.processor === y.processor &&
  x.threads === y.threads &&
  x.opLibrary === y.opLibrary

/** In words: "wasm with OpenBLAS 0.3.34 for SkylakeX, 2 threads". */
export const runtimeName = ({ backend, kernels, library, processor, threads, opLibrary }: Runtime): string =>
  [
    library === null ? `${backend}${backend === "wasm" ? " without a BLAS" : ""}` : `${backend} with ${library}`,
    processor === null ? "" : ` for ${processor}`,
    threads === null ? "" : `, ${threads} thread${threads === 1 ? "" : "s"}`,
    backend === "tensorflow" ? `, ${opLibrary ? "with" : "without"} the op library` : "",
    kernels === "own" ? "" : ", without custom kernels",
  ].join("")
