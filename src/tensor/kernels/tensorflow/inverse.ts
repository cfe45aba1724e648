/**
 * `BijouInverse` on TensorFlow: previous = (next - Q) / g - s 2^-l, in one pass.
 *
 * Inputs `x`, `next`, `h` (float32 [batch, ...]) and `words`; attributes as those of `BijouUpdate`. Output previous, every zero +0.
 */
import { float } from "./float.ts"
import { numbers, oneZero, perSample, rounded, table, unpacked } from "./grid.ts"
import { attribute, onTensorflow } from "./operations.ts"

export const bijouInverse = onTensorflow("BijouInverse", {
  library: (operations, attrs) => {
    const { give, input, run } = operations
    const coefficients = table(operations, numbers(attrs, "own"), numbers(attrs, "change"), over(attrs))
    const scale = attribute.float("scale", Number(attrs["scale"]))
    return give(run("BijouInverse", [...["x", "next", "h", "words"].map(input), coefficients], [scale]))
  },
  stock: (operations, attrs) => {
    const { give, input } = operations
    const { mul, sub } = float(operations)
    const [x, step] = [input("x"), Number(attrs["step"])]
    // A zero of either sign: the last addition makes every zero +0.
    const q = rounded(operations, x, input("h"), attrs, step)
    const lifted = mul(sub(input("next"), q), perSample(operations, over(attrs), x))
    return give(oneZero(operations, sub(lifted, unpacked(operations, input("words"), x.shape, step))))
  },
})

/** 1 / g. */
const over = (attrs: Readonly<Record<string, unknown>>): ReadonlyArray<number> =>
  numbers(attrs, "gamma").map((g) => 1 / g)
