/**
 * What kernels of our own may be given: shapes and types that fit one another, the same on every backend.
 *
 * A kernel reads as many numbers as its first input says; what is shorter would be read past its end. So no kernel is reached with inputs that do
 * not fit: each is registered behind its rule here, and layers ask for the same rule where they compose other operations. Kernels under a name of
 * TensorFlow.js are reached by its operations, which check what they are given; a few have a rule all the same.
 */
import { ShapeMismatch } from "../../core/errors/ShapeMismatch.ts"
import { sameShape, sizeOf } from "../../exact/frame.ts"
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** What a kernel is called with, and the layer that errors name. */
interface Given {
  readonly layer: string
  readonly inputs: Readonly<Record<string, tf.TensorInfo | undefined>>
  readonly attrs: Readonly<Record<string, unknown>>
}

/** Throws `ShapeMismatch` unless the inputs fit. */
type InputRule = (given: Given) => void

// ----------------------------------------------------------- combinators

/** Throws `ShapeMismatch` unless the inputs of a kernel fit one another; it costs less than a microsecond. */
export const checkInputs = (
  kernelName: string,
  inputs: Readonly<Record<string, tf.TensorInfo | undefined>>,
  attrs: Readonly<Record<string, unknown>> = {},
): void => {
  const known = rules[kernelName]
  if (known !== undefined) known[1]({ layer: known[0], inputs, attrs })
}

// ---------------------------------------------------------- destructors

/** Whether the inputs of a kernel have a rule. */
export const hasInputRule = (kernelName: string): boolean => rules[kernelName] !== undefined

const show = ({ dtype, shape }: Pick<tf.TensorInfo, "dtype" | "shape">): string => `${dtype} [${shape.join(", ")}]`

const of = ({ layer, inputs }: Given, name: string): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined || x === null)
    throw new ShapeMismatch(`${layer} was called without ${name}. Give it all of its inputs.`)
  return x
}

const widthOf = ({ shape }: tf.TensorInfo): number => shape.at(-1) ?? 1

const leading = ({ shape }: tf.TensorInfo): number[] => shape.slice(0, -1)

/** The input, which is float32. */
const float = (given: Given, name: string): tf.TensorInfo => {
  const x = of(given, name)
  if (x.dtype === "float32") return x
  throw new ShapeMismatch(`${given.layer}: ${name} is ${show(x)}, but must be float32. Cast it with toFloat().`)
}

/** The input of the shape and type that goes with another one. */
const fitting = (
  given: Given,
  name: string,
  shape: readonly number[],
  beside: string,
  dtype: tf.DataType = "float32",
): tf.TensorInfo => {
  const x = of(given, name)
  if (x.dtype === dtype && sameShape(x.shape, shape)) return x
  throw new ShapeMismatch(
    `${given.layer}: ${name} is ${show(x)}, but ${beside} is ${show(of(given, beside))}. Give ${name} as ${show({ dtype, shape: [...shape] })}.`,
  )
}

/** All the others have the shape of the first, which is float32. */
const alike =
  (first: string, ...others: readonly string[]): InputRule =>
  (given) => {
    const { shape } = float(given, first)
    for (const other of others) fitting(given, other, shape, first)
  }

/** The attributes have one number for each sample, or one for all. */
const perSample = (given: Given, x: tf.TensorInfo, ...names: readonly string[]): void => {
  for (const name of names) {
    const numbers = given.attrs[name]
    const length = Array.isArray(numbers) ? numbers.length : 0
    if (length !== (x.shape[0] ?? 1))
      throw new ShapeMismatch(
        `${given.layer}: there are ${length} numbers ${name} for activations ${show(x)}. Give one for each place on the leading axis.`,
      )
  }
}

/** The weight of a product with `x`; answers the width of what comes out. */
const weighing = (given: Given, name: string, x: string, k: number, transposed = false): number => {
  const weight = float(given, name)
  const [rows, columns] = weight.shape
  const [inner, outer] = transposed ? [columns, rows] : [rows, columns]
  if (weight.shape.length === 2 && inner === k && outer !== undefined) return outer
  throw new ShapeMismatch(
    `${given.layer}: ${name} is ${show(weight)}, but ${x} is ${show(of(given, x))}. Give ${name} with ${k} ${transposed ? "columns" : "rows"}, one for each input.`,
  )
}

const words = (given: Given, name: string, beside: string, size: number): void =>
  void fitting(given, name, [Math.ceil(size / 32)], beside, "int32")

const unpacking: InputRule = (given) => {
  const plane = of(given, "words")
  const shape = given.attrs["shape"] as readonly number[] // the attribute is ours
  const count = Math.ceil(sizeOf(shape) / 32)
  if (plane.dtype !== "int32" || sizeOf(plane.shape) !== count)
    throw new ShapeMismatch(
      `${given.layer} of ${show(plane)} was asked for activations [${shape.join(", ")}], which have ${count} words. Use the plane of this block.`,
    )
}

/** Rows of x, with a number for every column. */
const rowwise =
  (...names: readonly string[]): InputRule =>
  (given) => {
    const width = [widthOf(float(given, "x"))]
    for (const name of names) fitting(given, name, width, "x")
  }

const layerNormGrad: InputRule = (given) => {
  const dy = float(given, "dy")
  fitting(given, "gain", [widthOf(dy)], "dy")
  // What stock operations give the gradient in place of x.
  if (given.inputs["r"] === undefined) return void fitting(given, "x", dy.shape, "dy")
  fitting(given, "y", dy.shape, "dy")
  fitting(given, "r", [...leading(dy), 1], "dy")
}

/** Batch and time, heads and their size, of queries, keys and values side by side. */
const attended = (given: Given, qkv: tf.TensorInfo, name: string, widths: 1 | 3): readonly number[] => {
  const [batch = 1, time = 1, width = 1] = qkv.shape
  const heads = Number(given.attrs["heads"])
  const size = width / widths / heads
  if (qkv.shape.length === 3 && Number.isInteger(size) && heads >= 1) return [batch, heads, time, size]
  throw new ShapeMismatch(
    `${given.layer}: ${name} is ${show(qkv)}, which is no [batch, time, ${widths === 3 ? "3 " : ""}width] for ${heads} heads. Use a width that is a multiple of ${widths * heads}.`,
  )
}

const masked = (given: Given, beside: string, batch = 1, time = 1): void =>
  void fitting(given, "seen", [batch, time], beside, "int32")

const mixing =
  (hasMask: boolean): InputRule =>
  (given) => {
    const [batch, , time] = attended(given, float(given, "qkv"), "qkv", 3)
    if (hasMask) masked(given, "qkv", batch, time)
  }

const pullingBack =
  (hasMask: boolean): InputRule =>
  (given) => {
    const dy = float(given, "dy")
    const [batch = 1, heads = 1, time = 1, size = 1] = attended(given, dy, "dy", 1)
    if (given.inputs["weights"] === undefined) fitting(given, "qkv", [batch, time, 3 * widthOf(dy)], "dy")
    else {
      for (const name of ["q", "k", "v"]) fitting(given, name, [batch, heads, time, size], "dy")
      fitting(given, "weights", [batch, heads, time, time], "dy")
    }
    if (hasMask) masked(given, "dy", batch, time)
  }

const affine =
  (name: string, bias: string): InputRule =>
  (given) => {
    const outputs = weighing(given, name, "x", widthOf(float(given, "x")))
    fitting(given, bias, [outputs], name)
  }

const perceptron: InputRule = (given) => {
  const hidden = weighing(given, "w1", "x", widthOf(float(given, "x")))
  fitting(given, "b1", [hidden], "w1")
  fitting(given, "b2", [weighing(given, "w2", "w1", hidden)], "w2")
}

const pullingPerceptron: InputRule = (given) => {
  const x = float(given, "x")
  const hidden = weighing(given, "w1", "x", widthOf(x))
  fitting(given, "a", [...leading(x), hidden], "x")
  fitting(given, "dy", [...leading(x), weighing(given, "w2", "w1", hidden)], "x")
  if (given.inputs["sum"] !== undefined) fitting(given, "sum", [...leading(x), hidden], "x")
}

const multiplying: InputRule = (given) =>
  void weighing(given, "weight", "x", widthOf(float(given, "x")), given.attrs["transposed"] === 1)

const weightGrad: InputRule = (given) => {
  const [x, dy] = [float(given, "x"), float(given, "dy")]
  fitting(given, "dy", [...leading(x), widthOf(dy)], "x")
}

const classified: InputRule = (given) => {
  const logits = float(given, "logits")
  fitting(given, "targets", leading(logits), "logits", "int32")
  if (logits.shape.length < 1 || sizeOf(logits.shape) === 0)
    throw new ShapeMismatch(
      `${given.layer}: logits is ${show(logits)}, and there is no row or no class to take the mean loss of. Give at least one of each.`,
    )
}

const segments: InputRule = (given) => {
  const x = of(given, "x")
  fitting(given, "segmentIds", x.shape.slice(0, 1), "x", "int32")
}

const lossOfRows: InputRule = (given) => {
  const x = float(given, "x")
  weighing(given, "unembed", "x", widthOf(x))
  fitting(given, "targets", leading(x), "x", "int32")
}

const embedded: InputRule = (given) => {
  const [tokens, ids] = [float(given, "tokens"), of(given, "ids")]
  fitting(given, "positions", [of(given, "positions").shape[0] ?? 1, widthOf(tokens)], "tokens")
  const [batch = 1, time = 1] = ids.shape
  if (tokens.shape.length !== 2)
    throw new ShapeMismatch(`${given.layer}: tokens is ${show(tokens)}. Give it as float32 [vocabulary, width].`)
  fitting(given, "ids", [batch, time], "tokens", "int32")
}

const stepping =
  (first: string, others: readonly string[], numbers: readonly string[]): InputRule =>
  (given) => {
    const x = float(given, first)
    for (const other of others) fitting(given, other, x.shape, first)
    perSample(given, x, ...numbers)
  }

/** One number for each axis of x. */
const perAxis =
  (
    name: string,
    input: string,
    fits: (numbers: readonly number[], rank: number) => boolean,
    advice: string,
  ): InputRule =>
  (given) => {
    const x = of(given, input)
    const numbers = [given.attrs[name]].flat() as readonly number[] // what the kernel reads
    if (!fits(numbers, x.shape.length))
      throw new ShapeMismatch(
        `${given.layer}: ${name} is [${numbers.join(", ")}], but ${input} is ${show(x)}. ${advice}`,
      )
  }

const isSize = (size: number): boolean => Number.isInteger(size) && size >= 0

// ------------------------------------------------------------ instances

/** The layer that errors name, and the rule, by the name of the kernel. */
const rules: Readonly<Record<string, readonly [layer: string, rule: InputRule]>> = {
  BijouLayerNorm: ["LayerNorm", rowwise("gain", "bias")],
  BijouLayerNormGrad: ["The gradient of LayerNorm", layerNormGrad],
  BijouAttention: ["Attention", mixing(false)],
  BijouAttentionGrad: ["The gradient of Attention", pullingBack(false)],
  BijouMaskedAttention: ["Attention", mixing(true)],
  BijouMaskedAttentionGrad: ["The gradient of Attention", pullingBack(true)],
  BijouAddBias: ["Linear", rowwise("bias")],
  BijouAddTo: ["A sum of gradients", alike("sum", "x")],
  BijouBiasGelu: ["Mlp", rowwise("bias")],
  BijouBiasGeluGrad: ["The gradient of Mlp", alike("x", "dy")],
  BijouBiasGeluTanh: ["Mlp", rowwise("bias")],
  BijouBiasGeluTanhGrad: ["The gradient of Mlp", alike("x", "dy")],
  BijouBiasGrad: ["The gradient of Linear", alike("dy")],
  BijouMultiply: ["Linear", multiplying],
  BijouAffine: ["Linear", affine("weight", "bias")],
  BijouWeightGrad: ["The gradient of Linear", weightGrad],
  BijouMlp: ["Mlp", perceptron],
  BijouMlpGrad: ["The gradient of Mlp", pullingPerceptron],
  BijouMlpTanh: ["Mlp", perceptron],
  BijouMlpTanhGrad: ["The gradient of Mlp", pullingPerceptron],
  BijouGelu: ["gelu", alike("x")],
  BijouGeluGrad: ["The gradient of gelu", alike("x", "dy")],
  BijouGeluTanh: ["geluTanh", alike("x")],
  BijouGeluTanhGrad: ["The gradient of geluTanh", alike("x", "dy")],
  BijouCrossEntropy: ["crossEntropy", classified],
  BijouCrossEntropyGrad: [
    "The gradient of crossEntropy",
    (given) => {
      classified(given)
      fitting(given, "dy", [], "logits")
    },
  ],
  BijouAdamW: [
    "AdamW",
    (given) => {
      alike("p", "m", "v", "grad")(given)
      fitting(given, "shrink", [], "p")
    },
  ],
  BijouDrift: ["A step of BDIA", stepping("x", ["h"], ["own", "change", "step"])],
  BijouPack: ["A plane", alike("x")],
  BijouUnpack: ["A plane", unpacking],
  BijouShift: ["A plane", (given) => words(given, "words", "x", sizeOf(float(given, "x").shape))],
  BijouDiffer: [
    "The self-check",
    (given) => {
      const x = of(given, "x")
      fitting(given, "y", x.shape, "x", x.dtype)
    },
  ],
  BijouDropout: [
    "Dropout",
    (given) => {
      perSample(given, float(given, "x"), "samples")
      checkRate(Number(given.attrs["rate"]))
    },
  ],
  BijouQuantize: ["Rounding to the grid", alike("x")],
  BijouTimes: ["A product with gamma", stepping("x", [], ["factor"])],
  BijouLargest: ["The guard", alike("x")],
  BijouUpdate: ["A step of BDIA", stepping("x", ["previous", "h"], ["gamma", "own", "change"])],
  BijouInverse: [
    "The inverse of a step of BDIA",
    (given) => {
      stepping("x", ["next", "h"], ["gamma", "own", "change"])(given)
      words(given, "words", "x", sizeOf(of(given, "x").shape))
    },
  ],
  BijouCotangent: ["The gradient of a step of BDIA", stepping("dx", ["dn", "jx"], ["gamma"])],
  // Of no kernel: what these layers are given.
  ClassifierLoss: ["ClassifierLoss", lossOfRows],
  Embedding: ["Embedding", embedded],
  UnsortedSegmentSum: ["unsortedSegmentSum", segments],
  Transpose: [
    "transpose",
    perAxis(
      "perm",
      "x",
      (perm, rank) => perm.length === rank && new Set(perm).size === rank && perm.every((p) => isSize(p) && p < rank),
      "Name each of its axes once.",
    ),
  ],
  Tile: [
    "tile",
    perAxis(
      "reps",
      "x",
      (reps, rank) => reps.length === rank && reps.every(isSize),
      "Give one repetition for each axis.",
    ),
  ],
  Unpack: [
    "unstack",
    perAxis(
      "axis",
      "value",
      ([axis = NaN], rank) => Number.isInteger(axis) && axis >= -rank && axis < rank,
      "Name one of its axes.",
    ),
  ],
}

/** Refuses a rate of dropout outside [0, 1). */
export const checkRate = (rate: number): void => {
  if (!(rate >= 0 && rate < 1))
    throw new RangeError(`A dropout rate lies in [0, 1), ${rate} does not. Use 0 for no dropout.`)
}
