/**
 * What kernels answer of tensors without elements, the same on every backend: a sum of nothing is 0, a product 1, the greatest -Infinity, the mean
 * NaN; all of nothing is true and any of it false; a matrix product over nothing is 0; and nothing has no greatest place.
 *
 * The backends differ here: wasm reads what was in memory or divides by zero, cpu takes NaN for the greatest, WebGPU binds no empty buffer.
 */
import { ShapeMismatch } from "../../core/errors/ShapeMismatch.ts"
import { sizeOf } from "../../exact/frame.ts"
import { input, ofCalls, type Call, type Rule } from "../shapes/Rule.ts"
import { stockRules } from "../shapes/stockRules.ts"
import { tf } from "../tf.ts"
import { affine } from "./spec/affine.ts"
import { KERNELS } from "./spec/kernels.ts"
import { mlp, mlpGrad } from "./spec/mlp.ts"
import { multiply } from "./spec/multiply.ts"
import type { Made, Outcome } from "./spec/Outcome.ts"
import { batchMatMul, fusedMatMul, unsortedSegmentSum } from "./spec/stock.ts"
import { hasOpLibrary } from "./tensorflow/opLibrary.ts"

/** A kernel as the engine calls it. */
type KernelCall = Parameters<tf.KernelFunc>[0]

/** Whether some input has no elements. */
export const hasEmpty = (inputs: tf.NamedTensorInfoMap): boolean => {
  for (const name in inputs) if ((inputs[name] as { readonly size?: number } | undefined)?.size === 0) return true // the engine passes tensors
  return false
}

/** What a kernel of a backend answers when some input has no elements. */
export const ofNothing = (kernel: tf.KernelConfig, call: KernelCall): ReturnType<tf.KernelFunc> => {
  const { kernelName, backendName } = kernel
  const given: Call = {
    inputs: call.inputs,
    attrs: call.attrs ?? {},
    target: { backend: backendName, opLibrary: hasOpLibrary() },
  }
  const value = reductions[kernelName]
  const rule = stockRules[kernelName]
  if (value !== undefined && rule !== undefined) {
    const [made] = outputsOf(rule(given))
    const x = input(given, "x")
    // Elements of the input may be there all the same, where another axis is the empty one.
    if (made !== undefined) return filled(made, sizeOf(made.shape) === 0 ? 0 : value(x.dtype, kernelName, x.shape))
  }
  if (kernelName === batchMatMul.name || kernelName === fusedMatMul.name) {
    const longer = withOneTerm(call)
    return longer === null ? emptyOr(kernel, call, given) : longer((next) => kernel.kernelFunc(next))
  }
  const composed = composedOn(kernel, given)
  if (composed !== null) return composed
  const own = KERNELS.get(kernelName)
  if (own !== undefined && !NATURAL.includes(kernelName)) {
    const made = own.outcome(given.inputs, given.attrs, given.target).outputs
    return Array.isArray(made) ? made.map((one: Made) => filled(one, 0)) : filled(made as Made, 0)
  }
  if (kernelName === tf.Einsum) return filled(einsum(given), 0)
  if (kernelName === unsortedSegmentSum.name && rule !== undefined) {
    const [made] = outputsOf(rule(given))
    if (made !== undefined) return filled(made, 0)
  }
  return emptyOr(kernel, call, given)
}

/** Products, which sum over what need not be empty in all of their outputs: their kernels do it. */
const NATURAL: ReadonlyArray<string> = [multiply, affine, mlp].map(({ name }) => name)

/** The outputs in plain operations, where they need not be 0 and the kernel does not sum over nothing: the op library reads what is not there. */
const composedOn = (
  { kernelName }: tf.KernelConfig,
  { inputs, attrs, target }: Call,
): tf.Tensor | tf.Tensor[] | null => {
  const known = COMPOSED.find(({ name }) => name === kernelName)
  if (known === undefined || (known !== mlpGrad && !target.opLibrary)) return null
  // What a kernel of this name was called with is what its contract says.
  const compose = known.composed as (inputs: object, attributes: object) => tf.Tensor | tf.Tensor[]
  return tf.tidy(() => compose(inputs, attrs))
}

const COMPOSED = [multiply, affine, mlp, mlpGrad]

/** Nothing where nothing comes out, else what the kernel itself answers. */
const emptyOr = (kernel: tf.KernelConfig, call: KernelCall, given: Call): ReturnType<tf.KernelFunc> => {
  const own = KERNELS.get(kernel.kernelName)
  const rule: Rule | undefined =
    stockRules[FUSED[kernel.kernelName] ?? kernel.kernelName] ??
    (own === undefined ? undefined : ({ inputs, attrs, target }) => own.outcome(inputs, attrs, target))
  if (rule === undefined) return kernel.kernelFunc(call)
  const outcome = rule(given)
  const made = outputsOf(outcome)
  if (made.some(({ of, shape }) => of !== undefined || sizeOf(shape) > 0))
    return kernel.kernelFunc(withOneChannel(kernel, call))
  const results = made.map((one) => filled(one, 0))
  return Array.isArray(outcome.outputs) ? results : (results[0] ?? [])
}

/** Kernels whose outputs have the shapes of another one's. */
const FUSED: Readonly<Record<string, string>> = { FusedConv2D: "Conv2D", FusedDepthwiseConv2D: "DepthwiseConv2dNative" }

/** A convolution over images without channels as one over a single channel, 0; any other call as it is. */
const withOneChannel = ({ kernelName }: tf.KernelConfig, call: KernelCall): KernelCall => {
  const { x, filter } = call.inputs
  if (kernelName !== "Conv2D" && kernelName !== "FusedConv2D") return call
  if (x === undefined || filter === undefined || filter.shape[2] !== 0 || x.shape[3] !== 0) return call
  const inputs = { ...call.inputs, x: tf.zeros(x.shape.with(3, 1)), filter: tf.zeros(filter.shape.with(2, 1)) }
  return { ...call, inputs }
}

/** The output of an equation such as `ij,jk->ik`: every element is a sum of nothing. */
const einsum = ofCalls((inputs: tf.EinsumInputs, { equation }: tf.EinsumAttrs): Made => {
  const [from = "", to = ""] = equation.replaceAll(/\s/g, "").split("->")
  const sizes = new Map<string, number>()
  for (const [i, letters] of from.split(",").entries())
    for (const [axis, letter] of [...letters].entries()) sizes.set(letter, inputs[i]?.shape[axis] ?? 1)
  return { shape: Array.from(to, (letter) => sizes.get(letter) ?? 1), dtype: inputs[0]?.dtype ?? "float32" }
})

const outputsOf = ({ outputs }: Outcome): ReadonlyArray<Made> => [outputs].flat()

const filled = ({ shape, dtype }: Made, value: number): tf.Tensor =>
  sizeOf(shape) === 0 ? tf.tensor([], [...shape], dtype) : tf.fill([...shape], value, dtype)

/** The value along an axis without elements, by the name of the kernel. */
const reductions: Readonly<
  Record<string, (dtype: tf.DataType, kernelName: string, shape: ReadonlyArray<number>) => number>
> = {
  Sum: () => 0,
  Prod: () => 1,
  Any: () => 0,
  All: () => 1,
  Mean: () => NaN,
  Max: (dtype) => (dtype === "float32" ? -Infinity : dtype === "int32" ? -(2 ** 31) : 0),
  Min: (dtype) => (dtype === "float32" ? Infinity : dtype === "int32" ? 2 ** 31 - 1 : 1),
  ArgMax: (_dtype, ...given) => refuse(...given),
  ArgMin: (_dtype, ...given) => refuse(...given),
}

const refuse = (kernelName: string, shape: ReadonlyArray<number>): never => {
  throw new ShapeMismatch(
    `${kernelName} was asked for a place in [${shape.join(", ")}] along an axis that has none. Leave empty tensors out.`,
  )
}

/** A matrix product over no terms as one over a single term, 0: its outputs are those of the definition. Null where there are terms. */
const withOneTerm = (
  call: KernelCall,
): ((run: (call: KernelCall) => ReturnType<tf.KernelFunc>) => ReturnType<tf.KernelFunc>) | null => {
  // As the contracts of both kernels say.
  const { a, b } = call.inputs as unknown as Readonly<Record<"a" | "b", tf.TensorInfo>>
  const { transposeA, transposeB } = call.attrs as unknown as tf.BatchMatMulAttrs
  const inner = [transposeA ? -2 : -1, transposeB ? -1 : -2] as const
  const made = [a, b].map(({ shape }, i) => shape.with(inner[i] ?? -1, 1))
  const [left = [], right = []] = made
  if (a.shape.at(inner[0]) !== 0 || b.shape.at(inner[1]) !== 0 || sizeOf(left) === 0 || sizeOf(right) === 0) return null
  return (run) =>
    tf.tidy(() => {
      const result = run({
        ...call,
        inputs: { ...call.inputs, a: tf.zeros(left, a.dtype), b: tf.zeros(right, b.dtype) },
      })
      const made = (info: tf.TensorInfo) =>
        info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info)
      return Array.isArray(result) ? result.map(made) : made(result)
    })
}
