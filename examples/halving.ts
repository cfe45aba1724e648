/**
 * A bijection written from scratch: x to floor(x / 2), with the lost bit as side information.
 *
 * Run it after `npm run build` with `npx tsx examples/halving.ts`, and check it with `npx bijou check
 * examples/halving.ts`.
 */
import { either as E, option as O } from "fp-ts"
import { attempt, hostEnv, Params, repeat, runPromise, SideMismatch, type Bijection, type Side } from "bijou"
import { subject } from "bijou/laws"
import fc from "fast-check"

/** The side of one bit: its size, and its bytes, which are one byte, 0 or 1. */
const bit: Side<0 | 1> = {
  only: O.none, // there are two values, so it must be kept
  bits: () => 1,
  toBytes: (s) => async () => Uint8Array.of(s),
  fromBytes: (bytes) => async () => {
    const [s] = bytes
    if (bytes.length === 1 && (s === 0 || s === 1)) return E.right(s)
    return E.left(new SideMismatch(`A bit is one byte, 0 or 1, but ${bytes.length} bytes were given.`))
  },
  release: () => {}, // a number has no owner
}

const half = (x: number): number => Math.floor(x / 2)
const double = (y: number, s: 0 | 1): number => 2 * y + s

const bijection: Bijection<{}, number, number, 0 | 1> = {
  params: Params.none,
  side: bit,
  forward: (x) => attempt(() => [half(x), x % 2 === 0 ? 0 : 1] as const),
  inverse: (y, s) => attempt(() => double(y, s)),
  infer: (x) => attempt(() => half(x)),
  // Rounding down passes cotangents straight through, so the derivative is that of x / 2.
  pullback: (y, s, dy) => attempt(() => ({ input: double(y, s), cotangent: dy / 2, grads: {} })),
}

const inputs = fc.integer()
export const halving = subject({ bijection, inputs })

// Four halvings write a number in binary: the lost bits are its digits, the last one first.
const fourDigits = repeat(4)(bijection)
export const digits = subject({ bijection: fourDigits, inputs })

const env = () => hostEnv({ params: [{}, {}, {}, {}], seed: 1 })
const [rest, lost] = await runPromise(fourDigits.forward(13))(env())
console.log(`13 leaves ${rest} and the bits ${lost.toReversed().join("")}`)
console.log(`and comes back as ${await runPromise(fourDigits.inverse(rest, lost))(env())}`)
