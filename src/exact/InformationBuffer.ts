/**
 * Exact scaling of grid values by a fraction n/d. A buffer stores what the division loses, one integer per activation.
 *
 *     B <- B d + (k mod d),  k <- floor(k / d),  k <- k n + (B mod n),  B <- floor(B / n)
 *
 * Maclaurin, Duvenaud, Adams, "Gradient-based Hyperparameter Optimization through Reversible Learning" (ICML 2015),
 * algorithm 3. k is x 2^l and B is stored as B 2^-l, so every step is exact in float32 while B d + d - 1 < 2^24. The
 * number of steps alone bounds B. Before a step that might not fit, the buffer is spilled: all of it becomes side
 * information, and a new buffer begins. On average this takes log2(d/n) bits per activation and step.
 *
 * Laws (checked by `laws/sets/InformationBuffer.ts`): `unscale` inverts `scale`, bit for bit, for every content of the
 * buffer; no digit reaches `largest`.
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

/** What `steps` scalings since the last spill have lost. */
export interface InformationBuffer<X> {
  /** B 2^-l */
  readonly digits: X
  readonly steps: number
}

/** Makes buffers, scales values with them, and gives their codecs. */
export const InformationBuffer = {
  // -------------------------------------------------------- constructors

  /** Makes an empty buffer for values of the shape of x. */
  empty: <X, Bit>({ minus }: Space<X, Bit>, x: X): InformationBuffer<X> => ({ digits: minus(x, x), steps: 0 }),

  // --------------------------------------------------------- combinators

  /** Returns x n/d, the buffer after this step, and the digits that were spilled before it, if the buffer was full. */
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

  /** Returns the unscaled value and the buffer before the step; `rest` remains before a spill, and must be 0. */
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

  /** Returns n/d as a number. Throws `RangeError` unless 0 < n < d <= 4096. */
  size: ({ n, d }: Ratio): number => {
    if (!Number.isInteger(n) || !Number.isInteger(d) || n < 1 || n >= d || d > 4096)
      throw new RangeError(`A ratio n/d must have integers 0 < n < d <= 4096, not ${n}/${d}.`)
    return n / d
  },

  /** Returns the largest B after the given number of steps from 0, or Infinity if they do not fit. */
  largest: ({ n, d }: Ratio, steps: number): number => {
    let most = 0
    for (let i = 0; i < steps; i++) {
      const within = most * d + d - 1
      if (within >= 2 ** 24) return Infinity
      most = Math.floor(within / n)
    }
    return most
  },

  /** Returns how many steps a buffer lasts: 29 for 3/5. Throws `RangeError` unless 0 < n < d <= 4096. */
  lasts: (ratio: Ratio): number => {
    InformationBuffer.size(ratio)
    let steps = 0
    while (InformationBuffer.largest(ratio, steps + 1) < Infinity) steps++
    return steps
  },

  // ----------------------------------------------------------- instances

  /** The codec of a buffer: its steps in 4 bytes, then its digits. An activation counts log2(1 + largest) bits. */
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
        return TE.left(new SideMismatch(`A buffer must begin with 4 bytes, but there are only ${bytes.length}.`))
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

  /** The codec of what a step spills: the byte 0 for nothing, or the byte 1 and then the digits. */
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
        E.left(
          new SideMismatch(
            `A spill must be the byte 0, or the byte 1 and digits, not ${bytes.length} bytes that begin with ${bytes[0]}.`,
          ),
        )
    },
    release: (digits) => {
      if (digits !== null) value.release(digits)
    },
  }),
}

const same = (samples: number, c: number): PerSample => new Array<number>(samples).fill(c)

/** Checks that digits are possible after this number of steps: from 0 to `largest`. */
const digitsFrom = <X>(ratio: Ratio, steps: number, value: Side<X>, bytes: Uint8Array): TE.TaskEither<RevError, X> => {
  const most = InformationBuffer.largest(ratio, steps)
  if (withinSteps(bytes, most)) return value.fromBytes(bytes)
  return TE.left(
    new SideMismatch(
      `After ${steps} steps of ${ratio.n}/${ratio.d} digits must be from 0 to ${most}, but the bytes have others.`,
    ),
  )
}

/** The bits of digits after this number of steps; `value` counts 32 bits per activation. */
const information = <X>(ratio: Ratio, steps: number, value: Side<X>, digits: X): number =>
  (value.bits(digits) / 32) * Math.log2(1 + InformationBuffer.largest(ratio, steps))
