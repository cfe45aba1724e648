/**
 * The kernels that layers and blocks run on wasm, in both passes, with custom kernels and without.
 */
import { option as O } from "fp-ts"
import { Bdia, Key, Params, type Layer } from "bijou"
import { Attention, block, crossEntropy, Dropout, gelu, geluTanh, LayerNorm, Linear, Mlp } from "bijou/net"
import { fromTfjs, tensorEnv, tensorSpace, tf, useBackend, useKernels } from "bijou/tensor"
import { afterEach, beforeAll, describe, expect, it } from "vitest"
import { traceKernels } from "../../src/tensor/ops/traceKernels.ts"
import { ask, noise } from "../support/specimens.ts"

/** The kernels that `body` runs, except those that only make handles. A custom function runs the kernels before it. */
const kernels = async (body: () => unknown): Promise<ReadonlyArray<string>> => {
  let result: unknown
  const traced = await traceKernels(() => (result = body()))
  await result
  const handles = ["Identity", "Reshape", "a function of its own"]
  return traced.map(({ kernel }) => kernel).filter((kernel) => !handles.includes(kernel))
}

const profile = <P>(layer: Layer<P, tf.Tensor, tf.Tensor>) => profileAt(layer, noise([2, 8, 8], 1))

const profileAt = async <P, A>(layer: Layer<P, A, tf.Tensor>, x: A) => {
  const params = layer.params.init(Key.fromSeed(1))
  const draw = O.some({ key: Key.fromSeed(2), samples: [3, 4] })
  const { value, pull } = layer.vjp(params, x, draw)
  const dy = noise(value.shape, 2)
  const forth = await kernels(() => layer.apply(params, x, draw))
  return { forth, back: await kernels(() => pull(dy)) }
}

const plain = (f: (x: tf.Tensor) => tf.Tensor): Layer<{}, tf.Tensor, tf.Tensor> =>
  fromTfjs(Params.none, (_, x: tf.Tensor) => f(x))

const affine = ["BijouMultiply", "BijouAddBias"]
const pullAffine = ["BijouMultiply", "BijouWeightGrad", "BijouBiasGrad"]

const layers: ReadonlyArray<
  readonly [string, () => ReturnType<typeof profile>, forth: readonly string[], back: readonly string[]]
> = [
  ["an affine map", () => profile(Linear.make(8, 4)), affine, pullAffine],
  ["layer normalization", () => profile(LayerNorm.make(8)), ["BijouLayerNorm"], ["BijouLayerNormGrad"]],
  ["gelu", () => profile(plain(gelu)), ["BijouGelu"], ["BijouGeluGrad"]],
  ["gelu by tanh", () => profile(plain(geluTanh)), ["BijouGelu"], ["BijouGeluGrad"]],
  [
    "attention",
    () => profile(Attention.make(8, 2, "causal")),
    [...affine, "BijouAttention", ...affine],
    [...pullAffine, "BijouAttentionGrad", ...pullAffine],
  ],
  [
    "attention past padding",
    () => profileAt(Attention.masked(8, 2, "causal"), [tf.ones([2, 8], "int32"), noise([2, 8, 8], 1)]),
    [...affine, "BijouAttention", ...affine],
    [...pullAffine, "BijouAttentionGrad", ...pullAffine],
  ],
  [
    "the perceptron",
    () => profile(Mlp.make(8, 16)),
    ["BijouMultiply", "BijouBiasGelu", ...affine],
    ["BijouMultiply", "BijouBiasGeluGrad", "BijouWeightGrad", ...pullAffine],
  ],
  [
    "the perceptron of gelu by tanh",
    () => profile(Mlp.make(8, 16, "geluTanh")),
    ["BijouMultiply", "BijouBiasGelu", ...affine],
    ["BijouMultiply", "BijouBiasGeluGrad", "BijouWeightGrad", ...pullAffine],
  ],
  [
    "the cross-entropy",
    () => profile(plain((x) => crossEntropy(x, tf.zeros([2, 8], "int32")))),
    ["Cast", "BijouCrossEntropy"],
    ["BijouCrossEntropyGrad"],
  ],
  ["dropout", () => profile(Dropout.make("drop", 0.5)), ["BijouDropout"], ["BijouDropout"]],
]

beforeAll(() => useBackend("wasm"))
afterEach(() => useKernels("own"))

describe.each(layers)("%s", (_, run, forth, back) => {
  it("runs its custom kernels and no others", async () => {
    expect(await run()).toEqual({ forth, back })
  })

  it("runs none of them if they are disabled", async () => {
    useKernels("composed")
    const { forth, back } = await run()
    expect([...forth, ...back].filter((kernel) => kernel.startsWith("Bijou"))).toEqual([])
  })
})

describe("a step of BDIA", () => {
  const space = tensorSpace(9)
  const layer = fromTfjs(Params.none, (_, x: tf.Tensor) => x.square())
  const chain = Bdia.fromResidual({ space, layer }, 2)
  const env = () => tensorEnv({ params: [{}, {}], seed: 1, samples: [0, 1] })

  it("is one kernel in the forward pass and two in the backward pass, besides those of the residual and of the evidence", async () => {
    const x = space.quantize(noise([2, 4, 8], 1))
    const forth = await kernels(() => ask(chain.forward(x), env()))
    expect(forth.filter((kernel) => kernel.startsWith("Bijou"))).toEqual([
      ...["BijouLargest", "BijouQuantize", "BijouDiffer", "BijouQuantize", "BijouLargest"],
      ...["BijouUpdate", "BijouLargest"],
    ])
    const [output, side] = await ask(chain.forward(x), env())
    const dy = [noise([2, 4, 8], 2), noise([2, 4, 8], 3)] as const
    const back = await kernels(() => ask(chain.pullback(output, side, dy), env()))
    expect(back.filter((kernel) => kernel.startsWith("Bijou"))).toEqual([
      ...["BijouQuantize", "BijouDiffer", "BijouQuantize", "BijouDiffer"],
      ...["BijouInverse", "BijouTimes", "BijouCotangent"],
      ...["BijouQuantize", "BijouDiffer", "BijouLargest"],
    ])
  })

  it("of a transformer's block runs 13 kernels in the forward pass and 17 in the backward pass", async () => {
    const { forth, back } = await profile(block({ width: 8, heads: 2, depth: 2, dropout: 0 }))
    expect([forth.length, back.length]).toEqual([13, 17])
    expect(forth.filter((kernel) => !kernel.startsWith("Bijou"))).toEqual(["Add", "Add"])
  })
})
