/**
 * How kernels on `tensorflow` differ: only `Identity`, and `Reshape` to the same shape, share a buffer there, and what tells an operation its axes and sizes is a tensor
 * too, which lives while the operation runs. Rules of tfjs-node's kernels, and of those in `kernels/tensorflow/elementwise.ts`.
 */
import { sameShape, sizeOf } from "../../exact/frame.ts"
import { BINARY, missingRows, UNARY } from "../kernels/tensorflow/stock/elementwise.ts"
import { tf } from "../tf.ts"
import { makes, shared, type Made, type Outcome } from "../kernels/spec/Outcome.ts"
import { input, numbers, type Call, type Rule } from "./Rule.ts"
import { stockRules } from "./stockRules.ts"

// --------------------------------------------------------- constructors

/** The rules of these names with outputs of their own, and with `words` of 4 bytes beside them while the kernel runs. */
const own = (names: string, words: (call: Call) => number = () => 0): Readonly<Record<string, Rule>> =>
  Object.fromEntries(
    names.split(" ").map((name) => [
      name,
      (call: Call): Outcome => {
        const stock = stockRules[name]
        if (stock === undefined) throw new Error(`There is no rule of ${name} to begin with.`)
        const { outputs, ...rest } = stock(call)
        return { ...rest, outputs: "shape" in outputs ? apart(outputs) : outputs.map(apart), bytes: 4 * words(call) }
      },
    ]),
  )

/** The rules, but where the shape stays as it was the input under another handle. */
const unlessSame = (rules: Readonly<Record<string, Rule>>): Readonly<Record<string, Rule>> =>
  Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [
      name,
      (call: Call): Outcome =>
        sameShape(x(call), numbers(call, "shape")) ? makes(shared(input(call, "x"))) : rule(call),
    ]),
  )

const apart = ({ shape, dtype }: Made): Made => ({ shape, dtype })

const x = (call: Call) => input(call, "x").shape

/** How many axes a reduction goes along. */
const axes = (call: Call): number => {
  const given = (call.attrs["axis"] ?? call.attrs["reductionIndices"] ?? call.attrs["dims"]) as number | number[] // as tfjs passes them
  return tf.util.parseAxisParam(given, [...x(call)]).length
}

/** What is alive when tensors have been filled up, the operation is done, and its result is brought into shape, without that last result. */
const filling = (tensors: number, rows: number, width: number, rank: number): number => {
  const missing = missingRows(rows, width)
  if (missing === 0) return 0
  const [size, full] = [rows * width, (rows + missing) * width]
  return tensors * (size + full) + full + size + Math.max(0, 2 * rank - size)
}

/** What is alive when two tensors have one type and one shape, and are filled up. */
const broadcast = (call: Call): number => {
  const both = ["a", "b"].map((name) => input(call, name).shape)
  const [a = [], b = []] = both
  const shape = tf.broadcast_util.assertAndGetBroadcastShape([...a], [...b])
  const spread = both.map((one) => sizeOf(one) + (sizeOf(one) < sizeOf(shape) ? sizeOf(shape) : 0))
  return spread.reduce((sum, words) => sum + words, filling(2, sizeOf(shape), 1, 1))
}

// ------------------------------------------------------------ instances

/** Rules by the name of the kernel; those of the other kernels are as everywhere. */
export const tensorflowRules: Readonly<Record<string, Rule>> = {
  ...own("Cast Pack"),
  ...unlessSame(own("Reshape")),
  ...own("Concat Cumsum ExpandDims GatherV2 UnsortedSegmentSum ArgMax ArgMin", () => 1),
  ...own("Sum Prod Max Min All Any Reverse", axes),
  ...own("Mean", (call) => axes(call) + sizeOf(x(call))),
  ...own("Transpose Tile", (call) => x(call).length),
  ...own("Slice", (call) => 2 * x(call).length),
  ...own("PadV2", (call) => 2 * x(call).length + 1),
  ...own("Fill", (call) => numbers(call, "shape").length + 1),
  ...own("OneHot", () => 3),
  ...own("SplitV", (call) => {
    const split = call.attrs["numOrSizeSplits"] as number | number[] // as tfjs passes them
    return (typeof split === "number" ? split : split.length) + 1
  }),
  ...own("ClipByValue", (call) => sizeOf(x(call)) + 2),
  ...own("Step", (call) => 3.5 * sizeOf(x(call)) + 1),
  ...own(
    "Conv2DBackpropInput Conv2DBackpropFilter DepthwiseConv2dNativeBackpropInput DepthwiseConv2dNativeBackpropFilter",
    () => 4,
  ),
  ...own(UNARY.join(" "), (call) => filling(1, sizeOf(x(call)), 1, 1)),
  ...own(BINARY.join(" "), broadcast),
  ...own("Softmax", (call) => {
    const { shape } = input(call, "logits")
    const columns = shape.at(-1) ?? 1
    return filling(1, sizeOf(shape) / columns, columns, 2)
  }),
}
