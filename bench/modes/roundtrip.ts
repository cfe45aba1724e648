/**
 * The trunk forwards, and back again from what is left of it, without any gradient.
 */
import { either as E } from "fp-ts"
import { run } from "bijou"
import { buffers, peakBytes, tensorEnv, tensorsIn, tf } from "bijou/tensor"
import { start } from "../trunkNetwork.ts"

const right = (result) => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

const through = (kind) => async (depth) => {
  const { net, params, x, samples } = start(depth)
  const env = () => tensorEnv({ params, samples, seed: 1 })
  const [state, side] = right(await run(net.forward(x))(env())())
  const bytes = await net.side.toBytes(side)()
  const [previous, current] = state
  const walks = {
    infer: () => run(net.infer(x))(env())(),
    forward: () => run(net.forward(x))(env())(),
    inverse: () => run(net.inverse([previous, current], side))(env())(),
    planes: async () => net.side.fromBytes(await net.side.toBytes(side)())(),
  }
  await expectBits(x, right(await walks.inverse()))
  const take = async () => {
    const made = tensorsIn(right(await walks[kind]()))
    const [first] = await tf.tidy(() => made[0].flatten().slice([0], [1])).data()
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

/** What was rebuilt has the bits of what was. */
const expectBits = async (x, rebuilt) => {
  const [was, is] = [x, rebuilt].map(async (t) => new Uint32Array((await t.data()).slice().buffer))
  const [a, b] = [await was, await is]
  const differing = a.reduce((count, bits, i) => count + (bits === b[i] ? 0 : 1), 0)
  if (differing > 0) throw new Error(`${differing} of ${a.length} activations came back with other bits`)
  rebuilt.dispose()
}

export const modes = Object.fromEntries(["infer", "forward", "inverse", "planes"].map((kind) => [kind, through(kind)]))
