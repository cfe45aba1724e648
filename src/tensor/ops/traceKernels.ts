/**
 * Traces the kernels that a piece of code runs.
 */
import { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** A kernel and a copy of its outputs. */
export interface Traced {
  readonly kernel: string
  readonly outputs: ReadonlyArray<ArrayBufferView>
}

// --------------------------------------------------------- constructors

/** Runs `body` and returns every kernel that it ran, in order. It reads every output, so use it only for debugging. */
export const traceKernels = async (body: () => void): Promise<ReadonlyArray<Traced>> => {
  const traced: Array<Promise<Traced>> = []
  // runKernelFunc is private in tfjs
  const engine = tf.engine() as unknown as { runKernelFunc: (call: KernelCall) => tf.Tensor | tf.Tensor[] }
  const plain = engine.runKernelFunc
  engine.runKernelFunc = (call) => {
    const result = plain.call(engine, call)
    // Start the read before a later kernel overwrites or frees the output.
    const outputs = [result].flat().map((output) => output.data())
    const kernel = call.kernelName ?? "a function of its own"
    traced.push(Promise.all(outputs).then((values) => ({ kernel, outputs: values.map((value) => value.slice()) })))
    return result
  }
  try {
    body()
  } finally {
    engine.runKernelFunc = plain
  }
  return Promise.all(traced)
}

interface KernelCall {
  readonly kernelName?: string
}
