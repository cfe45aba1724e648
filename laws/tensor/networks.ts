/**
 * The networks in the catalogue.
 */
import fc from "fast-check"
import type { Bijection } from "../../src/core/Bijection.ts"
import { Key } from "../../src/core/Key.ts"
import { gpt } from "../../src/net/Gpt.ts"
import { tensorScope } from "../../src/tensor/tensorScope.ts"
import { AdamW } from "../../src/train/AdamW.ts"
import type { Trained } from "../../src/train/step.ts"
import { Text } from "../../src/train/Text.ts"
import { training } from "../../src/train/training.ts"
import { look } from "../evidence.ts"
import { lawsOf } from "../lawsOf.ts"
import { trainingLaws } from "../Training.ts"
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
  /** The loss of every step, then all parameters. */
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
  return [
    {
      name: "training",
      covers: [],
      onDevice: true,
      cost: "device",
      set: async () => trainingLaws({ name: "a GPT", train }),
    },
    entry("a GPT from tokens to loss", network, fc.tuple(ids, ids)),
    entry("a GPT's trunk", trunk, ids),
    entry("a GPT from tokens to logits", logits, ids),
  ]
}
