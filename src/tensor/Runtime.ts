/**
 * Everything that the bits of a tensor computation depend on, apart from the processor. Two runs with equal runtimes on
 * equal processors have the same bits.
 */
import * as t from "io-ts"
import { chosenKernels } from "./kernels/dispatch.ts"
import { hasOpLibrary } from "./kernels/tensorflow/opLibrary.ts"
import { pluggedSgemm } from "./kernels/wasm/sgemm.ts"
import { integer } from "./numbers.ts"
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** The codec of a runtime. Every checkpoint stores one as JSON. */
export const Runtime = t.readonly(
  t.strict({
    backend: t.string,
    /** Whether layers and blocks use custom kernels where the backend has them. */
    kernels: t.keyof({ own: null, composed: null }),
    /**
     * The BLAS, the TensorFlow build or the WebGPU device, such as "OpenBLAS 0.3.34"; null if the backend uses no other
     * library.
     */
    library: t.union([t.string, t.null]),
    /** The processor for which the BLAS selected its kernels, if it reports one. */
    processor: t.union([t.string, t.null]),
    /** The number of threads of the BLAS in each worker, or of TensorFlow; null if none was set. */
    threads: t.union([integer(1, 4096), t.null]),
    /** Whether bijou's op library is loaded into TensorFlow. */
    opLibrary: t.boolean,
  }),
  "Runtime",
)

export type Runtime = t.TypeOf<typeof Runtime>

// ---------------------------------------------------------- constructors

/** Returns the runtime in use now. */
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

/** Sets the description of a backend's library or device. The code that loads the library calls this. */
export const describeBackend = (backend: string, description: Pick<Runtime, "library" | "threads">): void => {
  descriptions.set(backend, description)
}

const descriptions = new Map<string, Pick<Runtime, "library" | "threads">>()

// ---------------------------------------------------------- destructors

/** Returns whether two runtimes give the same bits. */
export const sameRuntime = (x: Runtime, y: Runtime): boolean =>
  x.backend === y.backend &&
  x.kernels === y.kernels &&
  x.library === y.library &&
  x.processor === y.processor &&
  x.threads === y.threads &&
  x.opLibrary === y.opLibrary

/** Formats a runtime as text, such as "wasm with OpenBLAS 0.3.34 for SkylakeX, 2 threads". */
export const runtimeName = ({ backend, kernels, library, processor, threads, opLibrary }: Runtime): string =>
  [
    library === null ? `${backend}${backend === "wasm" ? " without a BLAS" : ""}` : `${backend} with ${library}`,
    processor === null ? "" : ` for ${processor}`,
    threads === null ? "" : `, ${threads} thread${threads === 1 ? "" : "s"}`,
    backend === "tensorflow" ? `, ${opLibrary ? "with" : "without"} the op library` : "",
    kernels === "own" ? "" : ", without custom kernels",
  ].join("")
