/**
 * `inverse(forward(x))` is `x`, bit for bit, with output and side read back from bytes, and so is every activation.
 */
import { Bdia, Side } from "bijou"
import { tensorSpace } from "bijou/tensor"
import { describe, expect, it } from "vitest"
import {
  ask,
  attention,
  bitsOf,
  convolution,
  lively,
  noise,
  onBackends,
  perceptron,
  recordingEnv,
  reread,
  type Specimen,
} from "../support/specimens.ts"

const space = tensorSpace(9)
const state = Side.pair(space.value, space.value)
const depths = [1, 2, 3, 7, 32, 128]
const samples = [5, 11]

const inverts = <P>({ name, shape, layer }: Specimen<P>): void => {
  describe(name, () => {
    for (const depth of depths) {
      it(`restores every bit of ${depth} blocks`, async () => {
        const net = Bdia.fromResidual({ space, layer }, depth)
        const params = lively(net.params, depth)
        const x = space.quantize(noise(shape, depth, 4))
        const forth = recordingEnv({ params, seed: depth, samples })
        const [output, side] = await ask(net.forward(x), forth)
        expect(forth.watch.forth.length).toBe(depth + 1)
        expect(new Set(forth.watch.forth.map(String)).size).toBe(depth + 1) // the chain does move
        expect(net.side.bits(side)).toBe((depth - 1) * x.size)

        const [end, planes] = [await reread(state, output), await reread(net.side, side)]
        const back = recordingEnv({ params, seed: depth, samples })
        const rebuilt = await ask(net.inverse(end, planes), back)
        expect(bitsOf(rebuilt)).toEqual(bitsOf(x))
        const expected = forth.watch.forth.slice(0, depth - 1).toReversed()
        expect(back.watch.back).toEqual(expected)

        const cotangent = [noise(shape, 1), noise(shape, 2)] as const
        const pulling = recordingEnv({ params, seed: depth, samples })
        const { input } = await ask(net.pullback(output, side, cotangent), pulling)
        expect(bitsOf(input)).toEqual(bitsOf(x))
        expect(pulling.watch.back).toEqual(expected)
      })
    }
  })
}

onBackends("Inversion", () => {
  inverts(perceptron())
  inverts(attention("causal"))
  inverts(attention("full"))
  inverts(convolution())
})
