/** Wraps every kernel: checks the inputs of those whose operations do not, and gives one answer on every backend where an input is empty. */
import { stockChecks } from "../shapes/stockChecks.ts"
import type { tf } from "../tf.ts"
import { OutOfMemory } from "../errors/OutOfMemory.ts"
import { asWasm, freeingOnThrow } from "./wasm/WasmBackend.ts"
import { hasEmpty, ofNothing } from "./empty.ts"
import { gatherV2 } from "./spec/stock.ts"

const guarded = new WeakMap<tf.KernelFunc, tf.KernelFunc>()

/** Returns the kernel with its guard; the same one for the same kernel, and a guarded one as it is. */
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
 * The kernel, which leaves nothing behind where it throws on wasm, and says what JavaScript says of memory in a sentence on cpu. TensorFlow's
 * gather takes axes that count from the end.
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

/** The attributes with the axis counted from the front. */
const fromTheFront = ({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.NamedAttrMap => {
  const { x } = inputs
  const { axis } = attrs as unknown as tf.GatherV2Attrs // as its contract says
  return { ...attrs, axis: axis < 0 ? axis + (x?.shape.length ?? 0) : axis }
}

/** JavaScript's errors where it has no array of so many elements. */
const isOfMemory = (error: unknown): error is RangeError =>
  error instanceof RangeError && /allocation failed|typed array length/i.test(error.message)

const noArray = (kernelName: string, cause: RangeError): OutOfMemory =>
  new OutOfMemory(
    {
      sentence: `JavaScript has no memory for what ${kernelName} makes on the backend cpu: ${cause.message}.`,
      bytes: null,
    },
    { cause },
  )
