/**
 * The forward pass of the trunk and its inverse from the side information, without gradients.
 */
import { run, runPromise } from "bijou"
import { buffers, peakBytes, tensorEnv, tensorsIn, type tf } from "bijou/tensor"
import { orThrow } from "../../src/core/orThrow.ts"
import { firstOf } from "../firstOf.ts"
import type { Mode, Modes } from "../Mode.ts"
import { start } from "../trunkNetwork.ts"

const kinds = ["infer", "forward", "inverse", "planes"] as const

type Kind = (typeof kinds)[number]

const through =
  (kind: Kind) =>
  async (depth: number): Promise<Mode> => {
    const { net, params, x, samples } = start(depth)
    const env = () => tensorEnv({ params, samples, seed: 1 })
    const [state, side] = await runPromise(net.forward(x))(env())
    const bytes = await net.side.toBytes(side)()
    const [previous, current] = state
    const inverse = () => run(net.inverse([previous, current], side))(env())()
    const walks = {
      infer: () => run(net.infer(x))(env())(),
      forward: () => run(net.forward(x))(env())(),
      inverse,
      planes: async () => net.side.fromBytes(await net.side.toBytes(side)())(),
    }
    await expectBits(x, orThrow(await inverse()))
    const take = async () => {
      const made = tensorsIn(orThrow<unknown>(await walks[kind]()))
      const first = await firstOf(made)
      for (const t of made) t.dispose()
      return first
    }
    const measure = async () => {
      const before = buffers().bytes
      const { peak } = await peakBytes(take)
      return { held: kind === "forward" ? bytes.length : null, peak: peak - before }
    }
    return { take, measure }
  }

/** Checks that the rebuilt tensor has the original bits. */
const expectBits = async (x: tf.Tensor, rebuilt: tf.Tensor): Promise<void> => {
  const [a, b] = [await bitsOf(x), await bitsOf(rebuilt)]
  const differing = a.reduce((count, bits, i) => count + (bits === b[i] ? 0 : 1), 0)
  if (differing > 0) throw new Error(`${differing} of ${a.length} activations were rebuilt with other bits`)
  rebuilt.dispose()
}

const bitsOf = async (x: tf.Tensor): Promise<Uint32Array> => new Uint32Array((await x.data()).slice().buffer)

export const modes: Modes = Object.fromEntries(kinds.map((kind) => [kind, through(kind)]))
