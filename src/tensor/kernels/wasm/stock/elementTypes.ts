/**
 * Kernels on wasm whose stock kernel supports only some element types and treats all others as these. It reads and
 * writes four bytes per bool, which has one, returns stale memory, or takes an int32 for a float32. The cpu backend's
 * kernel runs on the heap instead.
 */
import { tf } from "../../../tf.ts"
import { fromCpu } from "./fromCpu.ts"

type Types = readonly tf.DataType[]

const FLOAT: Types = ["float32"]

const NUMBERS: Types = ["float32", "int32"]

const named = (types: Types, names: string): Readonly<Record<string, Types>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, types]))

/** The types that the stock kernel supports correctly. */
const RIGHT: Readonly<Record<string, Types>> = {
  ...named(NUMBERS, "Abs Atan Exp LeakyRelu Neg Relu Relu6 Round Selu Sign Sinh Softplus Square Step"),
  ...named(NUMBERS, "Cumprod Cumsum DenseBincount FloorDiv Mod Reverse SearchSorted Select TopK"),
  ...named(FLOAT, "Acos Acosh Asin Asinh Atanh Ceil Cos Cosh Elu Erf Expm1 Floor Log Log1p Reciprocal"),
  ...named(FLOAT, "Rsqrt Sigmoid Sin Sqrt Tan Tanh"),
  ...named(FLOAT, "ClipByValue IsFinite IsInf IsNan ResizeNearestNeighbor StridedSlice"),
  OneHot: ["int32"],
}

/** Returns the type that decides: that of the output for `OneHot`, and that of the input otherwise. */
const typeOf = ({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): tf.DataType => {
  const { weights, x, t, a, images, sortedSequence } = inputs
  return (
    (weights ?? x ?? t ?? a ?? images ?? sortedSequence)?.dtype ?? (attrs as Partial<tf.OneHotAttrs>).dtype ?? "int32"
  ) // every other kernel here has one of these inputs
}

const whereRight = ([kernelName, right]: readonly [string, Types]): tf.KernelConfig => {
  const stock = tf.getKernel(kernelName, "wasm")
  const { kernelFunc } = fromCpu(kernelName)
  return {
    kernelName,
    backendName: "wasm",
    kernelFunc: (call) => (right.includes(typeOf(call)) ? stock.kernelFunc(call) : kernelFunc(call)),
  }
}

export const elementTypes: readonly tf.KernelConfig[] = Object.entries(RIGHT).map(whereRight)
