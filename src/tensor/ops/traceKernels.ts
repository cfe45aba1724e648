/**
 * The kernels that a piece of code runs, in order, with their results.
 */
import { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** One kernel and a copy of what it returned. */
export interface Traced {
  readonly kernel: string
  readonly outputs: ReadonlyArray<ArrayBufferView>
}

// --------------------------------------------------------- constructors

/** Runs `body` and tells every kernel that ran; reads each result, so it is for looking for faults only. */
export const traceKernels = async (body: () => void): Promise<ReadonlyArray<Traced>> => {
  const traced: Array<Promise<Traced>> = []
  const engine = tf.engine() as unknown as { runKernelFunc: (call: KernelCall) => tf.Tensor | tf.Tensor[] } // private in tfjs
  const plain = engine.runKernelFunc
  engine.runKernelFunc = (call) => {
    const result = plain.call(engine, call)
    // The read begins here, before a later kernel writes over the result or frees it.
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
