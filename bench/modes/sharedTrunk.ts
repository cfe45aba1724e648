/**
 * The trunk with its batch shared by workers: forward, backward and the sum of the gradients.
 */
import { function as F } from "fp-ts"
import { Bdia, Key, Params, Side, andThen, keep, named, type Plan } from "bijou"
import { fromTfjs, tensor, tensorSpace, tensorsIn, tf } from "bijou/tensor"
import { startWorkers } from "bijou/workers"
import { orThrow } from "../../src/core/orThrow.ts"
import { uncounted, type Mode, type Modes } from "../Mode.ts"
import { microBatch, trunk as sizes } from "../sizes.ts"
import { layer } from "../trunkNetwork.ts"

const { batch, tokens, width, fractionBits } = sizes

/** What every worker evaluates: the mean of the squares of x_K, where x_0 is noise. */
export const objective = ({ depth, size }: { readonly depth: number; readonly size: number }) => {
  const space = tensorSpace(fractionBits)
  const loss = fromTfjs(Params.none, (_, [, y]: readonly [tf.Tensor, tf.Tensor]): tf.Tensor => tf.mean(tf.square(y)))
  const network = F.pipe(
    Bdia.fromResidual({ space, layer }, depth),
    named("blocks"),
    andThen(F.pipe(loss, keep(Side.pair(space.value, space.value)))),
  )
  const noise = space.quantize(tensor.normal([batch, tokens, width], 1).init(Key.fromSeed(1)))
  return {
    network,
    data: ([first = 0]: ReadonlyArray<number>): tf.Tensor => noise.slice([first, 0, 0], [size, tokens, width]),
  }
}

/**
 * A step by `count` workers that keep the last block's tape, on the threads that this process was given: each of a
 * BLAS, all of TensorFlow.
 */
const shared =
  (count: number) =>
  async (depth: number): Promise<Mode> => {
    const size = microBatch(tf.getBackend())
    const argument = { depth, size }
    const { params } = objective(argument).network
    const p = params.init(Key.fromSeed(0))
    const module = import.meta.url
    const plan: Plan = { [`blocks/${depth - 1}`]: "tape" }
    const what = { module, export: "objective", argument, plan }
    const workers = await startWorkers(params, { ...what, count, size, seed: 1 })
    const samples = Array.from({ length: batch }, (_, i) => i)
    const take = async () => {
      const { grads, loss } = orThrow(await workers.at({ params: p, step: 0, samples })())
      for (const t of tensorsIn(grads)) t.dispose()
      return loss
    }
    return { take, measure: uncounted }
  }

export const modes: Modes = Object.fromEntries([1, 2, 3, 4].map((count) => [`workers ${count}`, shared(count)]))
