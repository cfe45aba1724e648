/**
 * The networks in the catalogue.
 */
import fc from "fast-check"
import { either as E, function as F } from "fp-ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { Key } from "../../src/core/Key.ts"
import { Params } from "../../src/core/Params.ts"
import { classifier } from "../../src/net/classifier.ts"
import { bdia, coupling, leapfrog, midpoint, momentum, plain } from "../../src/net/Family.ts"
import { gpt } from "../../src/net/Gpt.ts"
import { layer } from "../../src/net/layer.ts"
import { classification, loss, regression } from "../../src/net/Loss.ts"
import { network, type Network } from "../../src/net/network.ts"
import { tensorLeaves } from "../../src/tensor/values/parameterSide.ts"
import { tensor } from "../../src/tensor/values/tensor.ts"
import { tensorScope } from "../../src/tensor/values/tensorScope.ts"
import { tensorEnv } from "../../src/tensor/values/tensorWatch.ts"
import { tf } from "../../src/tensor/tf.ts"
import { AdamW } from "../../src/train/AdamW.ts"
import { trainStep, type Trained } from "../../src/train/step.ts"
import { Text } from "../../src/train/Text.ts"
import { training } from "../../src/train/training.ts"
import { look } from "../engine/evidence.ts"
import { lawsOf } from "../engine/lawsOf.ts"
import { trainingLaws, type PoisonedStep } from "../sets/Training.ts"
import { floatTensor, idTensor } from "./arbitraries.ts"
import type { Entry } from "./Entry.ts"

/** Whole networks. */
export const networks = (): ReadonlyArray<Entry> => {
  const sizes = { vocabulary: 7, context: 4, width: 4, heads: 2, depth: 3, fractionBits: 9, dropout: 0.25 }
  const { bijection, trunk, outputs } = gpt(sizes)
  const ids = idTensor([2, 4], sizes.vocabulary)
  const entry = <P, A, B, S>(name: string, bijection: Bijection<P, A, B, S>, inputs: fc.Arbitrary<A>): Entry => ({
    name,
    covers: ["gpt"],
    onDevice: true,
    cost: "device",
    set: async () => (await lawsOf({ name, bijection, inputs })).set,
  })
  const text = Uint8Array.from({ length: 200 }, (_, i) => (i * i + 3 * (i >> 2)) % sizes.vocabulary)
  /** Returns the loss of every step, then all parameters. */
  const train = async (seed: number, steps: number): Promise<unknown> => {
    const params = bijection.params.init(Key.fromSeed(seed))
    const plan = {
      optimizer: AdamW.config,
      schedule: { peak: 1e-2, floor: 1e-3, warmup: 1, steps },
      batch: 2,
      seed,
      data: (samples: ReadonlyArray<number>) => Text.batch(text, sizes.context, seed, samples),
    }
    const seen: unknown[] = []
    let last: Trained<typeof params> = { params, state: AdamW.init(bijection.params, params) }
    for await (const { loss, trained } of training(bijection, plan, last)) {
      seen.push(loss)
      last = trained
    }
    seen.push(await look(bijection.params.leaves(last.params)))
    tensorScope.release(last)
    return seen
  }
  /** Replaces every element of one parameter's gradient by `poison`. */
  const tryPoisoned = async (seed: number, poison: number): Promise<PoisonedStep> => {
    const params = bijection.params.init(Key.fromSeed(seed))
    const trained = { params, state: AdamW.init(bijection.params, params) }
    const paths = bijection.params.leaves(params).map(([path]) => path)
    const poisoned: typeof bijection = {
      ...bijection,
      pullback: (b, side, cotangent) => (env) =>
        F.pipe(
          bijection.pullback(b, side, cotangent)(env),
          E.chain(({ grads, ...rest }) => {
            const leaves = tensorLeaves(bijection.params, grads).map(([path, leaf]) => {
              if (path !== paths[seed % paths.length]) return [path, leaf] as const
              leaf.dispose()
              return [path, tf.fill(leaf.shape, poison)] as const
            })
            return E.map((tree: typeof params) => ({ ...rest, grads: tree }))(
              Params.fromLeaves(bijection.params, new Map(leaves)),
            )
          }),
        ),
    }
    const see = () => look([bijection.params.leaves(trained.params), trained.state.mean, trained.state.square])
    const before = await see()
    const input = Text.batch(text, sizes.context, seed, [0, 1])
    const env = tensorEnv({ params, seed, samples: [0, 1] })
    const result = await trainStep(poisoned, trained, input, env, 1e-2, AdamW.config)()
    const refused = E.isLeft(result) && result.left._tag === "GradientNotFinite"
    const after = await see()
    tensorScope.release([input, trained, result])
    return { refused, before, after }
  }
  return [
    {
      name: "training",
      covers: [],
      onDevice: true,
      cost: "device",
      set: async () => trainingLaws({ name: "a GPT", train, tryPoisoned }),
    },
    entry("a GPT from tokens to loss", bijection, fc.tuple(ids, ids)),
    entry("a GPT's trunk", trunk, ids),
    entry("a GPT from tokens to logits", outputs, ids),
    ...ofParts(),
  ]
}

/** Networks of layers of one's own, in every family. */
const ofParts = (): ReadonlyArray<Entry> => {
  const parts = {
    embed: layer({ w: tensor.normal([3, 4], 0.5) }, ({ w }, x) => x.matMul(w)),
    block: layer({ w: tensor.normal([4, 4], 0.5) }, ({ w }, x) => x.matMul(w).tanh()),
    depth: 3,
    head: layer({ w: tensor.normal([4, 2], 0.5) }, ({ w }, x) => x.matMul(w)),
    loss: regression,
  }
  const inputs = fc.tuple(floatTensor([2, 3]), floatTensor([2, 2]))
  const entry = <P, I, Y, T, M extends string, S>(
    name: string,
    covers: ReadonlyArray<string>,
    { bijection }: Network<P, I, Y, T, M, S>,
    on: fc.Arbitrary<readonly [I, T]>,
  ): Entry => ({
    name: `a network: ${name}`,
    covers: ["network", "layer", ...covers],
    onDevice: true,
    cost: "device",
    set: async () => (await lawsOf({ name: `a network: ${name}`, bijection, inputs: on })).set,
  })
  const weighted = loss({ terms: (y, t) => y.sub(t).square().mean(-1), weights: (t) => t.abs().mean(-1).add(1) })
  return [
    entry("BDIA", ["bdia"], network(parts), inputs),
    entry("BDIA, gamma 3/5", ["bdia"], network({ ...parts, family: bdia({ gamma: [3, 5] }) }), inputs),
    entry("coupling", ["coupling"], network({ ...parts, family: coupling() }), inputs),
    entry("midpoint", ["midpoint"], network({ ...parts, family: midpoint() }), inputs),
    entry("leapfrog", ["leapfrog"], network({ ...parts, family: leapfrog() }), inputs),
    entry("momentum", ["momentum"], network({ ...parts, family: momentum([4, 5]) }), inputs),
    entry("plain", ["plain"], network({ ...parts, family: plain() }), inputs),
    entry("weighted terms", [], network({ ...parts, loss: weighted }), inputs),
    entry(
      "many classes",
      ["classifier", "classification.after"],
      network({ ...parts, head: classifier(4, 5), loss: classification }),
      fc.tuple(floatTensor([2, 3]), idTensor([2], 5)),
    ),
  ]
}
