/**
 * The kernels that a piece of code runs, in order, with their results.
 */
import { tf } from "./tf.ts"

// ---------------------------------------------------------------- model

/** One kernel and a copy of what it returned. */
export interface Traced {
  readonly kernel: string
  readonly outputs: ReadonlyArray<ArrayBufferView>
}

// --------------------------------------------------------- constructors

/** Runs `body` and tells every kernel that ran; reads each result, so it is for looking for faults only. */
export const traceKernels = (body: () => void): ReadonlyArray<Traced> => {
  const traced: Traced[] = []
  const engine = tf.engine() as unknown as { runKernelFunc: (call: KernelCall) => tf.Tensor | tf.Tensor[] } // private in tfjs
  const plain = engine.runKernelFunc
  engine.runKernelFunc = (call) => {
    const result = plain.call(engine, call)
    const outputs = [result].flat().map((output) => output.dataSync().slice())
    traced.push({ kernel: call.kernelName ?? "a function of its own", outputs })
    return result
  }
  try {
    body()
  } finally {
    engine.runKernelFunc = plain
  }
  return traced
}

interface KernelCall {
  readonly kernelName?: string
}
