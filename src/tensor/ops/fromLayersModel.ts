/**
 * Layers from models of `tf.layers`.
 *
 * Laws (checked by `test/tensor/fromLayersModel.test.ts`, and those of every layer):
 *
 * 1. `apply` has the bits of the model in inference, and the gradients those of `tf.variableGrads` of it
 * 2. the model is as it was before
 */
import { Params } from "../../core/Params.ts"
import type { Layer } from "../../core/Layer.ts"
import { ParameterMismatch } from "../../core/errors/ParameterMismatch.ts"
import { quoted, shown } from "../../core/quoted.ts"
import { tensor } from "../values/tensor.ts"
import { isTensor } from "../values/tree.ts"
import { tf, withWeights } from "../tf.ts"
import { fromTfjs } from "./fromTfjs.ts"
import { layersIn, weightsIn, type PlacedLayer } from "./modelWeights.ts"

// ---------------------------------------------------------------- model

/** The weights of a model as a tree: by the names of its layers, then by their own. */
export interface ModelWeights {
  readonly [name: string]: tf.Tensor | ModelWeights
}

// --------------------------------------------------------- constructors

/**
 * A `tf.layers` model as a layer, be it made here or read by `tf.loadLayersModel`.
 *
 * Its weights are copied: `"trainable"` makes them the layer's parameters, which start from the model's values, all
 * except those of layers whose `trainable` is false; `"frozen"` makes them constants. From then on, training one leaves
 * the other as it is; do not dispose the model. The layer computes what the model computes in inference. A model that
 * would compute something else in training is therefore refused, unless it is frozen: one with `Dropout`, noise or
 * `BatchNormalization`. Regularizers and constraints belong to `fit`, and are left out. The copies are kept for as long
 * as the program runs.
 *
 * Throws `TypeError` for a model that cannot be a layer. A residual has the shape of its input, which the first
 * evaluation checks.
 *
 * ```ts
 * import { Key } from "bijou"
 * import { fromLayersModel, tf, useBackend } from "bijou/tensor"
 *
 * await useBackend("cpu")
 * const dense = tf.layers.dense({ units: 4, inputShape: [4], activation: "tanh", name: "mix" })
 * const layer = fromLayersModel(tf.sequential({ layers: [dense] }), { weights: "trainable" })
 * const leaves = layer.params.leaves(layer.params.init(Key.fromSeed(1)))
 * leaves.map(([path]) => path) // => [ 'mix/kernel', 'mix/bias' ]
 * ```
 */
export const fromLayersModel = (
  model: tf.LayersModel,
  { weights = "trainable" }: { readonly weights?: "frozen" | "trainable" } = {},
): Layer<ModelWeights, tf.Tensor, tf.Tensor> => {
  check(model, weights)
  const placed = weightsIn(model).map(({ weight, path, trainable }) => ({
    weight,
    path,
    trained: trainable && weights === "trainable",
    start: tf.keep(weight.read().clone()),
  }))
  const variables = placed.map(({ weight }) => weight)
  const params = treeOf(placed.filter(({ trained }) => trained))
  return fromTfjs(params, (p, x: tf.Tensor) => {
    const values = placed.map(({ path, trained, start }) => (trained ? at(p, path) : start))
    return withWeights(variables, values, () => model.apply(x, { training: false }) as tf.Tensor) // one output, as was checked
  })
}

interface Start {
  readonly path: ReadonlyArray<string>
  readonly start: tf.Tensor
}

/** The tree whose leaves are at these paths. */
const treeOf = (starts: ReadonlyArray<Start>): Params<ModelWeights> => {
  const fields = new Map<string, Start[]>()
  for (const { path, start } of starts) {
    const [name = "", ...rest] = path
    fields.set(name, [...(fields.get(name) ?? []), { path: rest, start }])
  }
  const parts = [...fields].map(([name, inner]) => {
    const leaf = inner.find(({ path }) => path.length === 0)
    return [name, leaf === undefined ? treeOf(inner) : tensor.from(leaf.start)] as const
  })
  return Params.struct<ModelWeights>(
    Object.fromEntries(parts) as { readonly [name: string]: Params<ModelWeights[string]> },
  ) // a leaf or a tree each
}

/** The tensor at a path. */
const at = (weights: ModelWeights, path: ReadonlyArray<string>): tf.Tensor => {
  const found = path.reduce<ModelWeights | tf.Tensor | undefined>(
    (tree, name) => (tree === undefined || isTensor(tree) ? undefined : tree[name]),
    weights,
  )
  if (isTensor(found)) return found
  throw new ParameterMismatch(
    `The parameter ${path.join("/")} is missing. Give those of the layer that the model became.`,
  )
}

// ---------------------------------------------------------------- checks

/** Throws `TypeError` for a model that cannot be a layer. */
const check = (model: tf.LayersModel, weights: "frozen" | "trainable"): void => {
  if (!(model instanceof tf.LayersModel))
    throw new TypeError(
      `A model of tf.layers is needed, not ${shown(model)}. Make any other function of tensors a layer by fromTfjs.`,
    )
  for (const [ends, name] of [
    [model.inputs, "inputs"],
    [model.outputs, "outputs"],
  ] as const)
    if (ends.length !== 1)
      throw new TypeError(
        `The model ${quoted(model.name)} has ${ends.length} ${name}, and a layer has one. Take a part of it by tf.model({ inputs, outputs }).`,
      )
  for (const placed of layersIn(model)) {
    const fault = faultOf(placed, weights)
    if (fault !== null)
      throw new TypeError(`The layer ${quoted(placed.layer.name)} of the model ${quoted(model.name)} ${fault}`)
  }
}

/**
 * What keeps a layer from giving the same bits twice, or the same in training as in inference, as the end of a
 * sentence; null where nothing does.
 */
const faultOf = ({ layer, trainable }: PlacedLayer, weights: "frozen" | "trainable"): string | null => {
  for (const { name, config } of partsOf(layer)) {
    if (name === "RandomHeight" || name === "RandomWidth")
      return `is a ${name}, which draws a size of its own at every call. Leave it out, and resize before the model.`
    if (config["stateful"] === true)
      return `is a stateful ${name}, which goes on from the call before. Make it with stateful: false.`
    if (weights === "frozen") continue
    const rate = [RATES[name] ?? "", "dropout", "recurrentDropout"]
      .map((field) => Number(config[field] ?? 0))
      .find((value) => value > 0)
    if (rate !== undefined)
      return `is a ${name} of ${rate}, which draws numbers of its own in training. Leave it out and use bijou's Dropout, or freeze the model by { weights: "frozen" }.`
    if (name === "BatchNormalization" && trainable)
      return 'is a BatchNormalization, whose averages change with every batch in training. Use layerNormalization, set its trainable to false, or freeze the model by { weights: "frozen" }.'
  }
  return null
}

/** What layers that draw in training call the strength of it; recurrent layers and attention have a dropout. */
const RATES: Readonly<Record<string, string>> = {
  Dropout: "rate",
  SpatialDropout1D: "rate",
  GaussianDropout: "rate",
  AlphaDropout: "rate",
  GaussianNoise: "stddev",
}

interface Part {
  readonly name: string
  readonly config: tf.serialization.ConfigDict
}

/** A layer, and the layers and cells that are in its configuration, the outermost first. */
const partsOf = (layer: tf.layers.Layer): ReadonlyArray<Part> => {
  const found: Part[] = []
  const visit = (name: unknown, config: unknown): void => {
    if (typeof config !== "object" || config === null) return
    const fields = config as tf.serialization.ConfigDict // an object or an array, of which JSON is made
    if (typeof name === "string") found.push({ name, config: fields })
    for (const part of Object.values(fields))
      if (typeof part === "object" && part !== null && "className" in part) visit(part["className"], part["config"])
      else visit(null, part)
  }
  visit(layer.getClassName(), layer.getConfig())
  return found
}
