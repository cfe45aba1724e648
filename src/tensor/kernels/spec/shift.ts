/** A shift by parities, which lifts and lowers activations. */
import { tf } from "../../tf.ts"
import { fitting, float } from "./checks.ts"
import type { Kernel, One } from "./Kernel.ts"
import { alike as like, makes } from "./Outcome.ts"
import { wordsOf } from "./pack.ts"
import { oneZero } from "./samples.ts"
import { stepsOf } from "./unpack.ts"

/**
 * Computes x + s by, where s are the parities in the words, with every zero +0: `by` is 2^-l to lift and -2^-l to
 * lower.
 */
export const shift: Kernel<{ readonly x: One; readonly words: One }, { readonly by: number }, One> = {
  name: "BijouShift",
  layer: "A plane",
  check: (call) => void fitting(call, "words", [wordsOf(float(call, "x").shape)], "x", "int32"),
  outcome: ({ x }) => makes(like(x)),
  composed: ({ x, words }, { by }) => tf.tidy(() => oneZero(tf.add(x, stepsOf(words, x.shape, by)))),
}
