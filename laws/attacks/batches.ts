/**
 * Impostors that mix the samples of a batch.
 */
import { Env } from "../../src/core/Env.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { hostEnv } from "../../src/exact/hostWatch.ts"
import { float32Array, moderate } from "../engine/arbitraries.ts"
import { attack } from "../engine/Attack.ts"
import { batchLaws, layerBatchLaws } from "../sets/Batch.ts"
import { float32Layer, type Float32Weights } from "../subjects/specimens.ts"
import { float32ChainSubject } from "../subjects/subjects.ts"

const inner = float32Layer(4, 0)

const centered = (y: Float32Array): Float32Array => {
  const mean = y.reduce((sum, a) => sum + a, 0) / y.length
  return y.map((a) => a - mean)
}

/** Normalizes over the batch: a sample's result depends on the other samples. */
const batchMean: Layer<Float32Weights, Float32Array, Float32Array> = {
  params: inner.params,
  apply: (params, x, draw) => centered(inner.apply(params, x, draw)),
  vjp: (params, x, draw) => {
    const recorded = inner.vjp(params, x, draw)
    return { ...recorded, value: centered(recorded.value), pull: (dy) => recorded.pull(centered(dy)) }
  },
}

/** Subtracts the mean over the whole batch from every sample. */
export const batchNormalization = attack(
  "normalization over the batch",
  layerBatchLaws({
    name: "normalization over the batch",
    layer: batchMean,
    inputs: float32Array(8, moderate),
    samples: () => [5, 3],
  }),
  batchLaws(float32ChainSubject("normalization over the batch", { depth: 3, layer: batchMean })),
)

const dropout = float32Layer(4, 0.5)

const places = (samples: ReadonlyArray<number>) => samples.map((_, place) => place)

/** Dropout addressed by the position in the batch, so that a shuffled batch gets other masks. */
const byPlace: Layer<Float32Weights, Float32Array, Float32Array> = {
  params: dropout.params,
  apply: (params, x, draw) =>
    dropout.apply(params, x, draw._tag === "Some" ? { ...draw, value: { ...draw.value, samples: [0, 1] } } : draw),
  vjp: (params, x, draw) =>
    dropout.vjp(params, x, draw._tag === "Some" ? { ...draw, value: { ...draw.value, samples: [0, 1] } } : draw),
}

/** Draws masks and gammas by the position in the batch. */
export const gammaByPlace = attack(
  "gamma by batch position",
  layerBatchLaws({
    name: "gamma by batch position",
    layer: byPlace,
    inputs: float32Array(8, moderate),
    samples: () => [5, 3],
  }),
  batchLaws(
    float32ChainSubject("gamma by batch position", {
      depth: 3,
      env: (run) => {
        const { scope, watch } = hostEnv(run)
        return Env.make({ ...run, samples: places(run.samples ?? []) }, scope, watch)
      },
    }),
  ),
)
