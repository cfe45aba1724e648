/**
 * The layers in the catalogue.
 */
import { function as F } from "fp-ts"
import fc from "fast-check"
import { Params } from "../../src/core/Params.ts"
import { serial } from "../../src/core/serial.ts"
import { block } from "../../src/net/Gpt.ts"
import { Attention } from "../../src/residual/Attention.ts"
import { ClassifierLoss } from "../../src/residual/ClassifierLoss.ts"
import { Conv } from "../../src/residual/Conv.ts"
import { Dropout } from "../../src/residual/Dropout.ts"
import { Embedding } from "../../src/residual/Embedding.ts"
import { Hamiltonian } from "../../src/residual/Hamiltonian.ts"
import { LayerNorm } from "../../src/residual/LayerNorm.ts"
import { Linear } from "../../src/residual/Linear.ts"
import { Mlp } from "../../src/residual/Mlp.ts"
import { fromLayersModel } from "../../src/tensor/ops/fromLayersModel.ts"
import { fromTfjs } from "../../src/tensor/ops/fromTfjs.ts"
import { tensor } from "../../src/tensor/values/tensor.ts"
import { tensorSpace } from "../../src/tensor/values/tensorSpace.ts"
import { tf } from "../../src/tensor/tf.ts"
import { lawsOf } from "../engine/lawsOf.ts"
import type { LayerSubject, ResidualSubject } from "../engine/Subject.ts"
import { floatTensor, gridTensor, idTensor } from "./arbitraries.ts"
import type { Entry } from "./Entry.ts"

/** Every layer on tensors: as a residual if it preserves the shape, otherwise alone. */
export const layers = (): ReadonlyArray<Entry> => {
  const space = tensorSpace(9)
  const sequence = gridTensor(space, [2, 3, 4])
  const custom = fromTfjs(
    Params.struct<{ readonly w: tf.Tensor }>({ w: tensor.normal([4, 4], 0.5) }),
    ({ w }, x: tf.Tensor) => tf.tanh(tf.matMul(x.reshape([-1, 4]), w)).reshape(x.shape),
  )
  const drop = F.pipe(Linear.make(4, 4, 0.5), serial(Dropout.make("drop", 0.5)))
  const residual = <P>(
    name: string,
    covers: string,
    layer: ResidualSubject<P, tf.Tensor, unknown>["residual"]["layer"],
    inputs = sequence,
  ): Entry => ({
    name,
    covers: [covers],
    onDevice: true,
    cost: "device",
    set: async () => (await lawsOf({ name, residual: { space, layer }, inputs })).set,
  })
  const alone = <P>(name: string, covers: string, { layer, inputs }: LayerSubject<P, tf.Tensor, tf.Tensor>): Entry => ({
    name,
    covers: [covers],
    onDevice: true,
    cost: "device",
    set: async () => (await lawsOf({ name, layer, inputs })).set,
  })
  const written = (
    name: string,
    weights: "frozen" | "trainable",
    first: () => ReadonlyArray<tf.layers.Layer>,
  ): Entry => ({
    name,
    covers: ["fromLayersModel"],
    onDevice: true,
    cost: "device",
    set: async () => {
      const kernelInitializer = tf.initializers.glorotUniform({ seed: 1 })
      const dense = tf.layers.dense({ units: 4, activation: "tanh", kernelInitializer })
      const layer = fromLayersModel(tf.sequential({ layers: [...first(), dense] }), { weights })
      return (await lawsOf({ name, residual: { space, layer }, inputs: sequence })).set
    },
  })
  return [
    residual("a linear layer", "Linear.make", Linear.make(4, 4, 0.5)),
    alone("a linear layer to another width", "Linear.make", {
      layer: Linear.make(4, 3, 0.5),
      inputs: floatTensor([2, 3, 4]),
    }),
    residual("layer norm", "LayerNorm.make", LayerNorm.make(4)),
    residual("causal attention", "Attention.make", Attention.make(4, 2, "causal")),
    residual("full attention", "Attention.make", Attention.make(4, 2, "full")),
    {
      name: "attention past padding",
      covers: ["Attention.masked"],
      onDevice: true,
      cost: "device",
      set: async () =>
        (
          await lawsOf({
            name: "attention past padding",
            layer: Attention.masked(4, 2, "causal"),
            inputs: fc.tuple(idTensor([2, 3], 2), floatTensor([2, 3, 4])),
          })
        ).set,
    },
    residual("a perceptron", "Mlp.make", Mlp.make(4, 6)),
    residual("a perceptron with GPT-2's GELU", "Mlp.make", Mlp.make(4, 6, "geluTanh")),
    residual("a Hamiltonian layer", "Hamiltonian.make", Hamiltonian.make(4, 6, 0.5, 0.5)),
    residual("dropout", "Dropout.make", drop),
    residual("a convolution", "Conv.make", Conv.make(3, 2, 2), gridTensor(space, [2, 3, 3, 2])),
    alone("a convolution to other channels", "Conv.make", {
      layer: Conv.make(3, 2, 3),
      inputs: floatTensor([2, 3, 4, 2]),
    }),
    {
      name: "a classifier's loss, four of six rows per chunk",
      covers: ["ClassifierLoss.make"],
      onDevice: true,
      cost: "device",
      set: async () =>
        (
          await lawsOf({
            name: "a classifier's loss, four of six rows per chunk",
            layer: ClassifierLoss.make(4, 7, 4),
            inputs: fc.tuple(floatTensor([2, 3, 4]), idTensor([2, 3], 7)),
          })
        ).set,
    },
    alone("an embedding", "Embedding.make", { layer: Embedding.make(7, 4, 6), inputs: idTensor([2, 3], 7) }),
    residual("a layer of plain tfjs", "fromTfjs", custom),
    written("a model of tf.layers", "trainable", () => [tf.layers.layerNormalization({ inputShape: [3, 4] })]),
    written("a frozen model of tf.layers", "frozen", () => [
      tf.layers.batchNormalization({ inputShape: [3, 4] }),
      tf.layers.dropout({ rate: 0.5 }),
    ]),
    residual("a GPT's residual", "block", block({ width: 4, heads: 2, depth: 2, dropout: 0.25 })),
  ]
}
