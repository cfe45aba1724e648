/**
 * Defines the results of kernels on tensors without elements, the same on every backend. An empty sum is 0, an empty
 * product 1, an empty maximum -Infinity, an empty mean NaN, an empty `all` true and an empty `any` false. A matmul over
 * an empty axis is 0. ArgMax and ArgMin of an empty axis throw.
 *
 * Left to themselves the backends differ: wasm reads stale memory or divides by zero, cpu returns NaN for the maximum,
 * and WebGPU cannot bind an empty buffer.
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

/** Returns whether some input has no elements. */
export const hasEmpty = (inputs: tf.NamedTensorInfoMap): boolean => {
  // the engine passes tensors
  for (const name in inputs) if ((inputs[name] as { readonly size?: number } | undefined)?.size === 0) return true
  return false
}

/** Returns the result of a kernel when some input has no elements. */
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
    // The input may have elements if another of its axes is the empty one.
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

/** Matmul kernels that handle an empty inner axis themselves, because not all of their outputs sum over it. */
const NATURAL: ReadonlyArray<string> = [multiply, affine, mlp].map(({ name }) => name)

/**
 * Returns the outputs composed of plain operations, if they need not be 0 and the kernel does not handle empty inputs:
 * the op library would read out of bounds.
 */
const composedOn = (
  { kernelName }: tf.KernelConfig,
  { inputs, attrs, target }: Call,
): tf.Tensor | tf.Tensor[] | null => {
  const known = COMPOSED.find(({ name }) => name === kernelName)
  if (known === undefined || (known !== mlpGrad && !target.opLibrary)) return null
  // A kernel of this name is called as its contract says.
  const compose = known.composed as (inputs: object, attributes: object) => tf.Tensor | tf.Tensor[]
  return tf.tidy(() => compose(inputs, attrs))
}

const COMPOSED = [multiply, affine, mlp, mlpGrad]

/** Returns an empty output if the output has no elements, and the kernel's own result otherwise. */
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

/** Kernels whose outputs have the shapes of another kernel's outputs. */
const FUSED: Readonly<Record<string, string>> = { FusedConv2D: "Conv2D", FusedDepthwiseConv2D: "DepthwiseConv2dNative" }

/**
 * Replaces a convolution over images without channels by one over a single channel of zeros. Returns any other call
 * unchanged.
 */
const withOneChannel = ({ kernelName }: tf.KernelConfig, call: KernelCall): KernelCall => {
  const { x, filter } = call.inputs
  if (kernelName !== "Conv2D" && kernelName !== "FusedConv2D") return call
  if (x === undefined || filter === undefined || filter.shape[2] !== 0 || x.shape[3] !== 0) return call
  const inputs = { ...call.inputs, x: tf.zeros(x.shape.with(3, 1)), filter: tf.zeros(filter.shape.with(2, 1)) }
  return { ...call, inputs }
}

/** Returns the output of an equation such as `ij,jk->ik`, in which every element is an empty sum. */
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

/** The value of a reduction along an empty axis, by kernel name. */
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
    `${kernelName} needs a nonempty axis, but the shape is [${shape.join(", ")}]. Leave empty tensors out.`,
  )
}

/**
 * Replaces a matmul over an empty axis by one over a single term of zeros, so that its outputs follow the definition.
 * Returns null if the axis is not empty.
 */
const withOneTerm = (
  call: KernelCall,
): ((run: (call: KernelCall) => ReturnType<tf.KernelFunc>) => ReturnType<tf.KernelFunc>) | null => {
  // The contracts of both kernels have these inputs.
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
