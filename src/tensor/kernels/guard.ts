/**
 * Guards for kernels: a guard checks inputs that TensorFlow.js does not check, and gives the same result on every
 * backend if an input is empty.
 */
import { stockChecks } from "../shapes/stockChecks.ts"
import type { tf } from "../tf.ts"
import { OutOfMemory } from "../errors/OutOfMemory.ts"
import { asWasm, freeingOnThrow } from "./wasm/WasmBackend.ts"
import { hasEmpty, ofNothing } from "./empty.ts"
import { gatherV2 } from "./spec/stock.ts"

const guarded = new WeakMap<tf.KernelFunc, tf.KernelFunc>()

/**
 * Returns the kernel with its guard. The same kernel always gets the same guard, and a guarded kernel is returned
 * unchanged.
 */
export const guard = (kernel: tf.KernelConfig): tf.KernelConfig => {
  const known = guarded.get(kernel.kernelFunc)
  if (known !== undefined) return { ...kernel, kernelFunc: known }
  const { kernelName } = kernel
  const check = stockChecks[kernelName]
  const evaluate = evaluating(kernel)
  const kernelFunc: tf.KernelFunc = (call) => {
    check?.(call.inputs, call.attrs ?? {})
    return hasEmpty(call.inputs) ? ofNothing(kernel, call) : evaluate(call)
  }
  guarded.set(kernel.kernelFunc, kernelFunc)
  guarded.set(kernelFunc, kernelFunc)
  return { ...kernel, kernelFunc }
}

/**
 * Returns the kernel function with three fixes. On wasm it leaks nothing if it throws, on cpu it turns JavaScript's
 * memory errors into `OutOfMemory`, and on TensorFlow gather accepts negative axes.
 */
const evaluating = ({ kernelName, backendName, kernelFunc }: tf.KernelConfig): tf.KernelFunc => {
  switch (backendName) {
    case "wasm":
      return (call) => freeingOnThrow(asWasm(call.backend), () => kernelFunc(call))
    case "cpu":
      return (call) => {
        try {
          return kernelFunc(call)
        } catch (error) {
          throw isOfMemory(error) ? noArray(kernelName, error) : error
        }
      }
    case "tensorflow":
      return kernelName === gatherV2.name ? (call) => kernelFunc({ ...call, attrs: fromTheFront(call) }) : kernelFunc
    default:
      return kernelFunc
  }
}

/** Returns the attributes with a nonnegative axis. */
const fromTheFront = ({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.NamedAttrMap => {
  const { x } = inputs
  const { axis } = attrs as unknown as tf.GatherV2Attrs // the attributes of gather
  return { ...attrs, axis: axis < 0 ? axis + (x?.shape.length ?? 0) : axis }
}

/** Returns whether JavaScript threw an error because it cannot allocate an array of that size. */
const isOfMemory = (error: unknown): error is RangeError =>
  error instanceof RangeError && /allocation failed|typed array length/i.test(error.message)

const noArray = (kernelName: string, cause: RangeError): OutOfMemory =>
  new OutOfMemory(
    {
      sentence: `JavaScript cannot allocate the output of ${kernelName} on the backend cpu: ${cause.message}.`,
      bytes: null,
    },
    { cause },
  )
