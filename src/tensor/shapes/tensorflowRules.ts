/**
 * The rules that differ on `tensorflow`, for tfjs-node's kernels and those in
 * `kernels/tensorflow/stock/elementwise.ts`.
 *
 * There only `Identity` and `Reshape` to the same shape share a buffer. The axes and sizes of an operation are also
 * tensors, which are alive while the operation runs.
 */
import { sameShape, sizeOf } from "../../exact/frame.ts"
import type { Contract, Outputs } from "../kernels/spec/Kernel.ts"
import { fresh, makes, shared, type Made } from "../kernels/spec/Outcome.ts"
import { stock } from "../kernels/spec/stock.ts"
import { BINARY, missingRows, UNARY } from "../kernels/tensorflow/stock/elementwise.ts"
import { tf } from "../tf.ts"
import { ofCalls, rule, type Rule, type Rules, type Typed } from "./Rule.ts"
import { stockRules } from "./stockRules.ts"

// --------------------------------------------------------- constructors

/**
 * Makes the rules of kernels with new output buffers and with `words` additional words of 4 bytes while the kernel
 * runs.
 */
const own = <I extends object, A extends object>(
  contracts: readonly Contract<I, A, Outputs>[],
  words: Typed<I, A, number> = () => 0,
): Rules =>
  Object.fromEntries(
    contracts.map(({ name }) => {
      const everywhere = stockRules[name]
      if (everywhere === undefined) throw new Error(`There is no stock rule for ${name}.`)
      const wordsOf = ofCalls(words)
      const here: Rule = (call) => {
        const { outputs, ...rest } = everywhere(call)
        return { ...rest, outputs: "shape" in outputs ? apart(outputs) : outputs.map(apart), bytes: 4 * wordsOf(call) }
      }
      return [name, here]
    }),
  )

const apart = ({ shape, dtype }: Made): Made => ({ shape, dtype })

/** Names a kernel whose inputs and attributes are not read. */
const named = (name: string) => stock<{}, {}>(name)

const unary = (name: string) => stock<tf.UnaryInputs, {}>(name)

const binary = (name: string) => stock<tf.BinaryInputs, {}>(name)

const reducing = (name: string) => stock<tf.SumInputs, tf.SumAttrs>(name)

/** Returns the number of axes that a reduction runs along. */
const count = (x: tf.TensorInfo, axis: number | number[]): number => tf.util.parseAxisParam(axis, [...x.shape]).length

/**
 * Returns the words that are alive when the padded inputs, the output and the reshaped output exist, without the final
 * result.
 */
const filling = (tensors: number, rows: number, width: number, rank: number): number => {
  const missing = missingRows(rows, width)
  if (missing === 0) return 0
  const [size, full] = [rows * width, (rows + missing) * width]
  return tensors * (size + full) + full + size + Math.max(0, 2 * rank - size)
}

/** Returns the words that are alive when two tensors have been cast to one type, broadcast to one shape and padded. */
const broadcast = (a: tf.TensorInfo, b: tf.TensorInfo): number => {
  const size = sizeOf(tf.broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]))
  const spread = [a, b].map(({ shape }) => sizeOf(shape) + (sizeOf(shape) < size ? size : 0))
  return spread.reduce((sum, words) => sum + words, filling(2, size, 1, 1))
}

// ------------------------------------------------------------ instances

/** Rules by kernel name. All other kernels have their stock rules. */
export const tensorflowRules: Rules = {
  ...own([tf.Cast, tf.Pack].map(named)),
  ...rule(stock<tf.ReshapeInputs, tf.ReshapeAttrs>(tf.Reshape), ({ x }, { shape }) =>
    makes(
      sameShape(x.shape, shape)
        ? shared(x)
        : fresh(tf.util.inferFromImplicitShape([...shape], sizeOf(x.shape)), x.dtype),
    ),
  ),
  ...own(
    [tf.Concat, tf.Cumsum, tf.ExpandDims, tf.GatherV2, tf.UnsortedSegmentSum, tf.ArgMax, tf.ArgMin].map(named),
    () => 1,
  ),
  ...own([tf.Sum, tf.Prod, tf.Min, tf.All, tf.Any].map(reducing), ({ x }, { axis }) => count(x, axis)),
  ...own([stock<tf.MaxInputs, tf.MaxAttrs>(tf.Max)], ({ x }, { reductionIndices }) => count(x, reductionIndices)),
  ...own([stock<tf.ReverseInputs, tf.ReverseAttrs>(tf.Reverse)], ({ x }, { dims }) => count(x, dims)),
  ...own([reducing(tf.Mean)], ({ x }, { axis }) => count(x, axis) + sizeOf(x.shape)),
  ...own([tf.Transpose, tf.Tile].map(unary), ({ x }) => x.shape.length),
  ...own([unary(tf.Slice)], ({ x }) => 2 * x.shape.length),
  ...own([unary(tf.PadV2)], ({ x }) => 2 * x.shape.length + 1),
  ...own([stock<{}, tf.FillAttrs>(tf.Fill)], (_inputs, { shape }) => shape.length + 1),
  ...own([named(tf.OneHot)], () => 3),
  ...own(
    [stock<tf.SplitVInputs, tf.SplitVAttrs>(tf.SplitV)],
    (_inputs, { numOrSizeSplits: split }) => (typeof split === "number" ? split : split.length) + 1,
  ),
  ...own([unary(tf.ClipByValue)], ({ x }) => sizeOf(x.shape) + 2),
  ...own([unary(tf.Step)], ({ x }) => 3.5 * sizeOf(x.shape) + 1),
  ...own(
    [
      ...[tf.Conv2DBackpropInput, tf.Conv2DBackpropFilter],
      ...[tf.DepthwiseConv2dNativeBackpropInput, tf.DepthwiseConv2dNativeBackpropFilter],
    ].map(named),
    () => 4,
  ),
  ...own(UNARY.map(unary), ({ x }) => filling(1, sizeOf(x.shape), 1, 1)),
  ...own(BINARY.map(binary), ({ a, b }) => broadcast(a, b)),
  ...own([stock<tf.SoftmaxInputs, tf.SoftmaxAttrs>(tf.Softmax)], ({ logits: { shape } }) => {
    const columns = shape.at(-1) ?? 1
    return filling(1, sizeOf(shape) / columns, columns, 2)
  }),
}
