/**
 * Exact scaling of grid values by a fraction n/d: what a division loses goes into a buffer, one integer an activation.
 *
 *     B <- B d + (k mod d),  k <- floor(k / d),  k <- k n + (B mod n),  B <- floor(B / n)
 *
 * Maclaurin, Duvenaud, Adams, "Gradient-based Hyperparameter Optimization through Reversible Learning" (ICML 2015),
 * algorithm 3. k is x 2^l and B is held as B 2^-l, so every step is exact in float32 while B d + d - 1 < 2^24. How
 * large B can be is known from the number of steps alone; before a step that might not fit, the buffer is spilled: it is
 * left behind whole, and a new one begins. That is log2(d/n) bits an activation and step, in the mean.
 *
 * Laws (checked by `laws/sets/InformationBuffer.ts`): `unscale` takes back `scale`, bit for bit, whatever the buffer holds;
 * no digit reaches `largest`.
 */
import { either as E, function as F, option as O, taskEither as TE } from "fp-ts"
import { SideMismatch } from "../core/errors/SideMismatch.ts"
import type { RevError } from "../core/RevError.ts"
import type { Side } from "../core/Side.ts"
import { withinSteps } from "./frame.ts"
import type { PerSample, Space } from "./Space.ts"

// ---------------------------------------------------------------- model

/** The fraction n/d, 0 < n < d <= 2^12. */
export interface Ratio {
  readonly n: number
  readonly d: number
}

/** What `steps` scalings have lost since the last spill. */
export interface InformationBuffer<X> {
  /** B 2^-l */
  readonly digits: X
  readonly steps: number
}

/** Empties, scalings and codecs of buffers. */
export const InformationBuffer = {
  // -------------------------------------------------------- constructors

  /** A buffer of nothing, for values like x. */
  empty: <X, Bit>({ minus }: Space<X, Bit>, x: X): InformationBuffer<X> => ({ digits: minus(x, x), steps: 0 }),

  // --------------------------------------------------------- combinators

  /** x n/d, the buffer after it, and the digits that were spilled before it, if there was no room. */
  scale: <X, Bit>({ divide, minus, plus, times }: Space<X, Bit>, { n, d }: Ratio) => {
    const lasts = InformationBuffer.lasts({ n, d })
    return (
      samples: number,
      x: X,
      { digits, steps }: InformationBuffer<X>,
    ): { readonly x: X; readonly buffer: InformationBuffer<X>; readonly spilled: X | null } => {
      const full = steps === lasts
      const before = full ? minus(digits, digits) : digits
      const [quotient, lost] = divide(d, x)
      const [after, used] = divide(n, plus(times(same(samples, d), before), lost))
      return {
        x: plus(times(same(samples, n), quotient), used),
        buffer: { digits: after, steps: full ? 1 : steps + 1 },
        spilled: full ? digits : null,
      }
    }
  },

  /** What was scaled, and the buffer before it; `rest` is what is left where a spill came before, and must be 0. */
  unscale: <X, Bit>({ divide, plus, times }: Space<X, Bit>, { n, d }: Ratio) => {
    const lasts = InformationBuffer.lasts({ n, d })
    return (
      samples: number,
      x: X,
      { digits, steps }: InformationBuffer<X>,
      spilled: X | null,
    ): { readonly x: X; readonly buffer: InformationBuffer<X>; readonly rest: X | null } => {
      const [quotient, used] = divide(n, x)
      const [before, lost] = divide(d, plus(times(same(samples, n), digits), used))
      return {
        x: plus(times(same(samples, d), quotient), lost),
        buffer: spilled === null ? { digits: before, steps: steps - 1 } : { digits: spilled, steps: lasts },
        rest: spilled === null ? null : before,
      }
    }
  },

  // --------------------------------------------------------- destructors

  /** n/d as a number. Throws `RangeError` for a ratio that cannot be scaled by. */
  size: ({ n, d }: Ratio): number => {
    if (!Number.isInteger(n) || !Number.isInteger(d) || n < 1 || n >= d || d > 4096)
      throw new RangeError(`A ratio n/d has whole numbers 0 < n < d <= 4096, not ${n}/${d}.`)
    return n / d
  },

  /** The largest B after so many steps from 0, or Infinity where they do not fit. */
  largest: ({ n, d }: Ratio, steps: number): number => {
    let most = 0
    for (let i = 0; i < steps; i++) {
      const within = most * d + d - 1
      if (within >= 2 ** 24) return Infinity
      most = Math.floor(within / n)
    }
    return most
  },

  /** How many steps a buffer lasts: 29 for 3/5. Throws `RangeError` for a ratio that cannot be scaled by. */
  lasts: (ratio: Ratio): number => {
    InformationBuffer.size(ratio)
    let steps = 0
    while (InformationBuffer.largest(ratio, steps + 1) < Infinity) steps++
    return steps
  },

  // ----------------------------------------------------------- instances

  /** The codec of a buffer: its steps in 4 bytes, then its digits. An activation is log2(1 + largest) bits. */
  side: <X>(ratio: Ratio, value: Side<X>): Side<InformationBuffer<X>> => ({
    only: O.none,
    bits: ({ digits, steps }) => information(ratio, steps, value, digits),
    toBytes:
      ({ digits, steps }) =>
      async () => {
        const rest = await value.toBytes(digits)()
        const bytes = new Uint8Array(4 + rest.length)
        new DataView(bytes.buffer).setUint32(0, steps, true)
        bytes.set(rest, 4)
        return bytes
      },
    fromBytes: (bytes) => {
      if (bytes.length < 4)
        return TE.left(new SideMismatch(`A buffer begins with 4 bytes, but there are ${bytes.length}.`))
      const steps = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
      if (steps > InformationBuffer.lasts(ratio))
        return TE.left(
          new SideMismatch(
            `A buffer for ${ratio.n}/${ratio.d} lasts ${InformationBuffer.lasts(ratio)} steps, but the bytes say ${steps}.`,
          ),
        )
      return F.pipe(
        digitsFrom(ratio, steps, value, bytes.subarray(4)),
        TE.map((digits) => ({ digits, steps })),
      )
    },
    release: ({ digits }) => value.release(digits),
  }),

  /** The codec of what a step spills: one byte, 0 for nothing or 1, and then the digits. */
  spill: <X>(ratio: Ratio, value: Side<X>): Side<X | null> => ({
    only: O.none,
    bits: (digits) => (digits === null ? 0 : information(ratio, InformationBuffer.lasts(ratio), value, digits)),
    toBytes: (digits) => async () => {
      const rest = digits === null ? new Uint8Array() : await value.toBytes(digits)()
      const bytes = new Uint8Array(1 + rest.length)
      bytes[0] = digits === null ? 0 : 1
      bytes.set(rest, 1)
      return bytes
    },
    fromBytes: (bytes) => {
      if (bytes[0] === 0 && bytes.length === 1) return TE.right(null)
      if (bytes[0] === 1) return digitsFrom(ratio, InformationBuffer.lasts(ratio), value, bytes.subarray(1))
      return async () =>
        E.left(new SideMismatch(`A spill is the byte 0, or 1 and digits, not ${bytes.length} bytes from ${bytes[0]}.`))
    },
    release: (digits) => {
      if (digits !== null) value.release(digits)
    },
  }),
}

const same = (samples: number, c: number): PerSample => new Array<number>(samples).fill(c)

/** Digits that can be there after so many steps: from 0 to `largest`. */
const digitsFrom = <X>(ratio: Ratio, steps: number, value: Side<X>, bytes: Uint8Array): TE.TaskEither<RevError, X> => {
  const most = InformationBuffer.largest(ratio, steps)
  if (withinSteps(bytes, most)) return value.fromBytes(bytes)
  return TE.left(
    new SideMismatch(
      `After ${steps} steps of ${ratio.n}/${ratio.d} digits are from 0 to ${most}, but the bytes have others.`,
    ),
  )
}

/** The bits of digits after so many steps: `value` counts 32 bits an activation. */
const information = <X>(ratio: Ratio, steps: number, value: Side<X>, digits: X): number =>
  (value.bits(digits) / 32) * Math.log2(1 + InformationBuffer.largest(ratio, steps))
