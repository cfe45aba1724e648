/**
 * `BijouInverse` on WebGPU: the way back from `BijouUpdate`, previous = (next - Q((1-g) x + (1+g) h)) (1/g) - s 2^-l.
 *
 * Inputs `x`, `next` and `h` (float32 [batch, ...]) and `words` (s, packed); attributes as for `BijouUpdate`, g = +-1/2. Output previous,
 * every zero +0: the bits of the operations one by one.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { DRIFT, WORD_BIT } from "./exact.ts"
import { compile, onDevice, withNumbers } from "./Program.ts"

export const bijouInverse = onDevice("BijouInverse", (backend, inputs, attrs) => {
  const [x, after, h, words] = [
    inputOf(inputs, "x"),
    inputOf(inputs, "next"),
    inputOf(inputs, "h"),
    inputOf(inputs, "words"),
  ]
  const { gamma, own, change } = attrs as Readonly<Record<"gamma" | "own" | "change", readonly number[]>> // the attributes are ours
  const [count, samples] = [sizeOf(x.shape), own.length]
  // Division is not correctly rounded on the device: 1/g comes from here.
  return withNumbers(backend, [...own, ...change, ...gamma.map((g) => 1 / g)], (numbers) =>
    invert(backend, {
      inputs: { x, after, h, words, numbers },
      uniforms: { samples, each: count / samples, unit: Number(attrs["step"]) },
      ...{ count, shape: x.shape },
    }),
  )
})

const invert = compile({
  name: "inverse",
  over: "elements",
  inputs: ["x", "after", "h", "words", "numbers"],
  wholes: ["samples", "each"],
  numbers: ["unit"],
  output: "float32",
  functions: [DRIFT, WORD_BIT],
  body: `
    let sample = index / uniforms.each;
    let n = uniforms.samples;
    let moved = drift(x[index], h[index], numbers[sample], numbers[n + sample], uniforms.unit);
    let lifted = (after[index] - moved) * numbers[2 * n + sample];
    result[index] = oneZero(lifted - wordBit(words[index / 32], index) * uniforms.unit);`,
})
