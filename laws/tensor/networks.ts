/**
 * The networks in the catalogue.
 */
import fc from "fast-check"
import { either as E, function as F } from "fp-ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { Key } from "../../src/core/Key.ts"
import { Params } from "../../src/core/Params.ts"
import { gpt } from "../../src/net/Gpt.ts"
import { tensorLeaves } from "../../src/tensor/values/parameterSide.ts"
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
import { idTensor } from "./arbitraries.ts"
import type { Entry } from "./Entry.ts"

/** Whole networks. */
export const networks = (): ReadonlyArray<Entry> => {
  const sizes = { vocabulary: 7, context: 4, width: 4, heads: 2, depth: 3, fractionBits: 9, dropout: 0.25 }
  const { network, trunk, logits } = gpt(sizes)
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
    const params = network.params.init(Key.fromSeed(seed))
    const plan = {
      optimizer: AdamW.config,
      schedule: { peak: 1e-2, floor: 1e-3, warmup: 1, steps },
      batch: 2,
      seed,
      data: (samples: ReadonlyArray<number>) => Text.batch(text, sizes.context, seed, samples),
    }
    const seen: unknown[] = []
    let last: Trained<typeof params> = { params, state: AdamW.init(network.params, params) }
    for await (const { loss, trained } of training(network, plan, last)) {
      seen.push(loss)
      last = trained
    }
    seen.push(await look(network.params.leaves(last.params)))
    tensorScope.release(last)
    return seen
  }
  /** Replaces every element of one parameter's gradient by `poison`. */
  const tryPoisoned = async (seed: number, poison: number): Promise<PoisonedStep> => {
    const params = network.params.init(Key.fromSeed(seed))
    const trained = { params, state: AdamW.init(network.params, params) }
    const paths = network.params.leaves(params).map(([path]) => path)
    const poisoned: typeof network = {
      ...network,
      pullback: (b, side, cotangent) => (env) =>
        F.pipe(
          network.pullback(b, side, cotangent)(env),
          E.chain(({ grads, ...rest }) => {
            const leaves = tensorLeaves(network.params, grads).map(([path, leaf]) => {
              if (path !== paths[seed % paths.length]) return [path, leaf] as const
              leaf.dispose()
              return [path, tf.fill(leaf.shape, poison)] as const
            })
            return E.map((tree: typeof params) => ({ ...rest, grads: tree }))(
              Params.fromLeaves(network.params, new Map(leaves)),
            )
          }),
        ),
    }
    const see = () => look([network.params.leaves(trained.params), trained.state.mean, trained.state.square])
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
    entry("a GPT from tokens to loss", network, fc.tuple(ids, ids)),
    entry("a GPT's trunk", trunk, ids),
    entry("a GPT from tokens to logits", logits, ids),
  ]
}
