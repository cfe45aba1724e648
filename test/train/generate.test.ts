/**
 * Text from a network: what is drawn at which temperature, and what is refused.
 */
import { either as E } from "fp-ts"
import { Key } from "bijou"
import { generate, gpt, type GptConfig, Text } from "bijou/net"
import type { Prompt } from "../../src/train/generate.ts"
import { tf } from "bijou/tensor"
import { expect, it } from "vitest"
import { alive, left, onBackends, right } from "../support/specimens.ts"

const sizes = { vocabulary: 7, context: 4, width: 4, heads: 2, depth: 2, fractionBits: 9, dropout: 0 }

/** A network with these logits for every input: LayerNorm's gain is 0, and its bias is 1 in the first place. */
const saying = (logits: ReadonlyArray<number>, config: GptConfig = { ...sizes, vocabulary: logits.length }) => {
  const net = gpt(config)
  const drawn = net.outputs.params.init(Key.fromSeed(1))
  tf.dispose([drawn.head.norm.gain, drawn.head.norm.bias, drawn.head.unembed])
  const rows = [...logits, ...new Array<number>((config.width - 1) * logits.length).fill(0)]
  const head = {
    norm: { gain: tf.zeros([config.width]), bias: tf.tensor1d([1, ...new Array<number>(config.width - 1).fill(0)]) },
    unembed: tf.tensor2d(rows, [config.width, logits.length]),
  }
  return { net, params: { ...drawn, head } }
}

const prompt: Prompt = { bytes: Uint8Array.of(1, 2), count: 5, temperature: 1, seed: 3 }

onBackends("Text", () => {
  it("at temperature 0 continues with the likeliest byte, of equal ones the first", async () => {
    const { net, params } = saying([0, 2, 3, -1, 3, 2, 1])
    const text = right(await generate(net, params, { ...prompt, temperature: 0 })())
    expect([...text]).toEqual([1, 2, 2, 2, 2, 2, 2])
    expect([...right(await generate(net, params, { ...prompt, temperature: 1e-310 })())]).toEqual([...text])
    expect([...right(await generate(net, params, { ...prompt, count: 0 })())]).toEqual([1, 2])
  })

  it("at a temperature above 0 is drawn as often as the logits say, and never from a logit of -Infinity", async () => {
    const { net, params } = saying([-Infinity, 0, Math.log(3), -Infinity, -Infinity, -Infinity, -Infinity])
    const drawn = right(await generate(net, params, { ...prompt, count: 300 })()).slice(2)
    const twos = drawn.filter((byte) => byte === 2).length
    expect(drawn.every((byte) => byte === 1 || byte === 2)).toBe(true)
    expect(Math.abs(twos / 300 - 3 / 4)).toBeLessThan(0.1)
  })

  it("is refused if logits are NaN, and leaks nothing", async () => {
    for (const bad of [NaN, Infinity]) {
      const { net, params } = saying([0, bad, 1])
      const before = alive()
      const error = left(await generate(net, params, { ...prompt, bytes: Uint8Array.of(1) })())
      expect(error._tag).toBe("LayerFailed")
      expect(error.message).toMatch(/^The layer at head failed: the logit of id \d is (NaN|Infinity) for byte 1, so no/)
      expect(alive()).toEqual(before)
    }
  })

  it("is refused for invalid temperatures, counts, prompts, seeds and vocabularies, each with a sentence", () => {
    const { net, params } = saying([0, 1, 2, 3, 4, 5, 6])
    const refused = (change: Partial<Prompt>) =>
      E.toError(thrown(() => generate(net, params, { ...prompt, ...change })))
    for (const temperature of [-1, NaN, Infinity])
      expect(refused({ temperature }).message).toBe(
        `A temperature must be a finite number of at least 0, not ${temperature}.`,
      )
    for (const count of [2.5, -1, NaN, Infinity])
      expect(refused({ count }).message).toBe(`count must be an integer of at least 0, not ${count}.`)
    expect(refused({ bytes: new Uint8Array() }).message).toBe("The prompt is empty. Give at least one byte.")
    expect(refused({ bytes: Uint8Array.of(1, 7) }).message).toBe(
      "Byte 1 of the prompt is 7, but the network has a vocabulary of 7.",
    )
    expect(refused({ seed: 0.5 })).toBeInstanceOf(RangeError)
    const large = saying(new Array<number>(300).fill(0))
    expect(() => generate(large.net, large.params, prompt)).toThrow(
      "generate writes bytes, so a vocabulary has at most 256 ids, and this network has 300.",
    )
  })

  it("is cut into windows only by integers", () => {
    const bytes = Uint8Array.from({ length: 50 }, (_, i) => i)
    for (const count of [2.5, 0, -1, NaN])
      expect(() => Text.even(bytes, 4, count)).toThrow(`count must be an integer of at least 1, not ${count}.`)
    for (const context of [2.5, 0, -1, NaN]) {
      expect(() => Text.even(bytes, context, 2)).toThrow(`A context must be an integer of at least 1, not ${context}.`)
      expect(() => Text.batch(bytes, context, 1, [0])).toThrow(RangeError)
    }
  })
})

const thrown = (body: () => unknown): unknown => {
  try {
    return body()
  } catch (error) {
    return error
  }
}
