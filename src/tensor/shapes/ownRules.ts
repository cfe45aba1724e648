/**
 * The rules of the kernels of our own.
 */
import { sizeOf } from "../../exact/frame.ts"
import { hasOpLibrary } from "../kernels/tensorflow/opLibrary.ts"
import {
  alike,
  fresh,
  input,
  makes,
  makesAll,
  numbers,
  rowsOf,
  shared,
  type Call,
  type Made,
  type Rule,
} from "./Rule.ts"

const like =
  (name: string): Rule =>
  (call) =>
    makes(alike(input(call, name)))

const scalar: Rule = () => makes(fresh([]))

/** Whether kernels are composed of TensorFlow's stock operations. */
const isStock = ({ target }: Call): boolean => target === "tensorflow" && !hasOpLibrary()

/** The buffer of an input, but where nothing is written in place: on WebGPU, and by TensorFlow's stock operations. */
const writtenOver = (call: Call, name: string): Made => {
  const x = input(call, name)
  return call.target === "webgpu" || isStock(call) ? alike(x) : shared(x)
}

/** The operations of some products of all heads, on activations of this shape. */
const attention = ([batch = 1, time = 1, width = 1]: ReadonlyArray<number>, products: number): number =>
  products * 2 * batch * time * time * width

const mixing: Rule = (call) => {
  const [batch = 1, time = 1, triple = 3] = input(call, "qkv").shape
  const [shape, heads] = [[batch, time, triple / 3], Number(call.attrs["heads"])]
  const operations = attention(shape, 2)
  if (!isStock(call)) return { outputs: fresh(shape), operations }
  const each = fresh([batch, heads, time, triple / 3 / heads])
  return { outputs: [fresh(shape), each, each, each, fresh([batch, heads, time, time])], operations }
}

const pullingBack: Rule = (call) => {
  const [batch = 1, time = 1, width = 1] = input(call, "dy").shape
  const operations = attention([batch, time, width], isStock(call) ? 4 : 6)
  return { outputs: fresh([batch, time, 3 * width]), operations }
}

/** What a perceptron's kernels are given. */
const perceptron = (call: Call) => {
  const [x, w1, w2] = [input(call, "x"), input(call, "w1"), input(call, "w2")]
  const [hidden = 1, outputs = 1] = w2.shape
  const operations = 2 * rowsOf(x.shape)[0] * (sizeOf(w1.shape) + sizeOf(w2.shape))
  return { x, w1, w2, hidden, outputs, operations }
}

/** Stock operations give what is as wide as the hidden layer twice. */
const evaluating: Rule = (call) => {
  const { x, hidden, outputs, operations } = perceptron(call)
  const widths = [outputs, hidden, ...(isStock(call) ? [hidden] : [])]
  return { outputs: widths.map((width) => fresh([...x.shape.slice(0, -1), width])), operations }
}

const pullingEvaluation: Rule = (call) => {
  const { x, w1, w2, hidden, outputs, operations } = perceptron(call)
  const made = [alike(x), alike(w1), fresh([hidden]), alike(w2), fresh([outputs])]
  return { outputs: made, operations: 2 * operations }
}

const biasGelu: Rule = (call) => makesAll(writtenOver(call, "x"), alike(input(call, "x")))

const biasGeluGrad: Rule = (call) => {
  const two = [writtenOver(call, "dy"), fresh([rowsOf(input(call, "x").shape)[1]])] as const
  // The third is one that only wasm gives.
  return makesAll(...two, ...(call.target === "wasm" ? [writtenOver(call, "x")] : []))
}

/** x W + b, and the operations of the product. */
const affine = (call: Call): { readonly made: Made; readonly operations: number } => {
  const [x, weight] = [input(call, "x"), input(call, "weight")]
  const width = weight.shape[1] ?? 1
  return { made: fresh([...x.shape.slice(0, -1), width]), operations: 2 * sizeOf(x.shape) * width }
}

// ------------------------------------------------------------ instances

/** Rules by the name of the kernel. */
export const ownRules: Readonly<Record<string, Rule>> = {
  BijouLayerNorm: (call) => {
    const x = input(call, "x")
    return isStock(call) ? makesAll(alike(x), alike(x), fresh([...x.shape.slice(0, -1), 1])) : makes(alike(x))
  },
  BijouLayerNormGrad: (call) => {
    const x = input(call, "dy")
    const [, width] = rowsOf(x.shape)
    return makesAll(alike(x), fresh([width]), fresh([width]))
  },
  BijouAttention: mixing,
  BijouAttentionGrad: pullingBack,
  BijouMaskedAttention: mixing,
  BijouMaskedAttentionGrad: pullingBack,
  BijouAddBias: (call) => makes(writtenOver(call, "x")),
  BijouAddTo: (call) => makes(writtenOver(call, "sum")),
  BijouBiasGelu: biasGelu,
  BijouBiasGeluGrad: biasGeluGrad,
  BijouBiasGeluTanh: biasGelu,
  BijouBiasGeluTanhGrad: biasGeluGrad,
  BijouBiasGrad: (call) => makes(fresh([rowsOf(input(call, "dy").shape)[1]])),
  BijouMultiply: (call) => {
    const [x, weight] = [input(call, "x"), input(call, "weight")]
    const outputs = weight.shape[call.attrs["transposed"] === 1 ? 0 : 1] ?? 1
    return { outputs: fresh([...x.shape.slice(0, -1), outputs]), operations: 2 * sizeOf(x.shape) * outputs }
  },
  BijouAffine: (call) => {
    const { made, operations } = affine(call)
    return { outputs: made, operations }
  },
  BijouMlp: evaluating,
  BijouMlpGrad: pullingEvaluation,
  BijouMlpTanh: evaluating,
  BijouMlpTanhGrad: pullingEvaluation,
  BijouGelu: like("x"),
  BijouGeluGrad: like("x"),
  BijouGeluTanh: like("x"),
  BijouGeluTanhGrad: like("x"),
  BijouWeightGrad: (call) => {
    const [[rows, m], [, n]] = [rowsOf(input(call, "x").shape), rowsOf(input(call, "dy").shape)]
    return { outputs: fresh([m, n]), operations: 2 * rows * m * n }
  },
  BijouCrossEntropy: scalar,
  BijouCrossEntropyGrad: like("logits"),
  BijouAdamW: (call) => makesAll(...["p", "m", "v"].map((name) => alike(input(call, name)))),
  BijouDrift: like("x"),
  BijouPack: (call) => makes(fresh([Math.ceil(sizeOf(input(call, "x").shape) / 32)], "int32")),
  BijouUnpack: (call) => makes(fresh(numbers(call, "shape"))),
  BijouShift: like("x"),
  BijouDiffer: scalar,
  BijouDropout: like("x"),
  BijouQuantize: like("x"),
  BijouTimes: like("x"),
  BijouLargest: scalar,
  BijouUpdate: (call) => {
    const x = input(call, "x")
    return makesAll(alike(x), fresh([Math.ceil(sizeOf(x.shape) / 32)], "int32"))
  },
  BijouInverse: like("x"),
  BijouCotangent: (call) => makesAll(alike(input(call, "dn")), alike(input(call, "dx"))),
}
