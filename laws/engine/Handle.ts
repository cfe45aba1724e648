/**
 * Numbers with owners: a kind of value that must be freed, to count retained buffers without a device.
 */
import { either as E, option as O } from "fp-ts"
import { Env } from "../../src/core/Env.ts"
import type { Layer } from "../../src/core/Layer.ts"
import type { Scope } from "../../src/core/Scope.ts"
import type { Side } from "../../src/core/Side.ts"
import { Tree } from "../../src/core/Tree.ts"
import type { Watch } from "../../src/core/Watch.ts"
import { hostWatch } from "../../src/exact/hostWatch.ts"
import { numberSpace } from "../../src/exact/numberSpace.ts"
import { Space } from "../../src/exact/Space.ts"
import { isBits, type Readable } from "./evidence.ts"
import type { Kind } from "./Kind.ts"

// ---------------------------------------------------------------- model

/** One owner of a buffer; `own` makes further owners of the same buffer. Laws read it as a tensor of no dimensions. */
export interface Handle extends Readable {
  readonly dataId: { readonly value: number }
}

/** Which handles own which buffers. */
export interface Holdings {
  readonly scope: Scope
  /** Makes a handle to a new buffer, freed with the innermost `within` that does not return it. */
  readonly make: (value: number) => Handle
  /** Reads a number. Throws after the handle has been freed. */
  readonly read: (handle: Handle) => number
  /** The number of distinct live buffers. */
  readonly held: () => number
  /** The kind of these values, for laws. */
  readonly kind: Kind
  /** The largest `held` since the last call. */
  readonly peak: () => number
}

// --------------------------------------------------------- constructors

/** Makes empty holdings, counted separately from all others. */
export const holdings = (): Holdings => {
  const live = new Set<Handle>()
  const owners = new Map<Handle["dataId"], number>()
  const frames: Set<Handle>[] = []
  let peak = 0

  const adopt = (buffer: Handle["dataId"]): Handle => {
    const handle: Handle = {
      dataId: buffer,
      dtype: "float32",
      shape: [],
      get isDisposed() {
        return !live.has(handle)
      },
      data: async () => Float64Array.of(buffer.value),
      dispose: () => free(handle),
    }
    live.add(handle)
    frames.at(-1)?.add(handle)
    owners.set(buffer, (owners.get(buffer) ?? 0) + 1)
    peak = Math.max(peak, owners.size)
    return handle
  }
  const free = (handle: Handle) => {
    if (!live.delete(handle)) return
    const left = (owners.get(handle.dataId) ?? 0) - 1
    if (left === 0) owners.delete(handle.dataId)
    else owners.set(handle.dataId, left)
  }
  const isHandle = (value: unknown): value is Handle =>
    typeof value === "object" && value !== null && "dataId" in value && !ArrayBuffer.isView(value)
  const each = (value: unknown, visit: (handle: Handle) => void): void => Tree.leaves(value, isHandle).forEach(visit)
  const copy = (value: unknown): unknown => Tree.map(value, isHandle, ({ dataId }) => adopt(dataId))

  const make = (value: number): Handle => adopt({ value })
  const remake = (evidence: unknown): unknown => Tree.map(evidence, isBits, ({ values }) => make(values[0] ?? NaN))
  const read = (handle: Handle): number => {
    if (!live.has(handle)) throw new Error("A handle was read after it was freed.")
    return handle.dataId.value
  }
  const scope: Scope = {
    within: (body) => {
      const made = new Set<Handle>()
      frames.push(made)
      try {
        const result = body()
        each(result, (handle) => {
          if (made.delete(handle)) frames.at(-2)?.add(handle)
        })
        return result
      } finally {
        frames.pop()
        for (const handle of made) free(handle)
      }
    },
    own: <A>(value: A) => copy(value) as A, // the same tree with other handles
    release: (value) => each(value, free),
  }
  const held = () => owners.size
  return {
    scope,
    make,
    read,
    held,
    kind: {
      env: (run) => Env.make(run, scope, handleWatch({ read })),
      make: remake,
      within: (body) => body(),
      held,
      trace: null,
    },
    peak: () => {
      const most = peak
      peak = owners.size
      return most
    },
  }
}

/** `numberSpace` with owners. */
export const handleSpace = ({ make, read, scope }: Holdings, fractionBits: number): Space<Handle, 0 | 1> => {
  const numbers = numberSpace(fractionBits)
  return Space.make<Handle, 0 | 1>({
    grid: numbers.grid,
    quantize: (y) => make(numbers.quantize(read(y))),
    drift: (gamma, x, h) => make(numbers.drift(gamma, read(x), read(h))),
    plus: (x, y) => make(numbers.plus(read(x), read(y))),
    minus: (x, y) => make(numbers.minus(read(x), read(y))),
    times: (coefficients, x) => make(numbers.times(coefficients, read(x))),
    parity: (x) => numbers.parity(read(x)),
    lift: (x, s) => make(numbers.lift(read(x), s)),
    lower: (x, s) => make(numbers.lower(read(x), s)),
    divide: (divisor, x) => {
      const [quotient, remainder] = numbers.divide(divisor, read(x))
      return [make(quotient), make(remainder)]
    },
    bit: numbers.bit,
    value: handleSide({ make, read, scope }, numbers.value),
  })
}

/** Turns a layer on numbers into a layer on handles, whose record retains its input. */
export const handleLayer = <P>(
  { make, read, scope }: Holdings,
  layer: Layer<P, number, number>,
): Layer<P, Handle, Handle> => ({
  params: layer.params,
  apply: (params, x, draw) => make(layer.apply(params, read(x), draw)),
  vjp: (params, x, draw) => {
    const kept = scope.own(x)
    const recorded = layer.vjp(params, read(x), draw)
    return {
      value: make(recorded.value),
      held: [kept],
      pull: (dy) => {
        const { cotangent, grads } = recorded.pull(read(dy))
        scope.release(kept)
        return { cotangent: cotangent === null ? null : make(cotangent), grads }
      },
    }
  },
})

/** `hostWatch` over handles. */
export const handleWatch = ({ read }: Pick<Holdings, "read">): Watch => {
  const { expect, settle } = hostWatch()
  const value = (x: unknown) => read(x as Handle) // a network on handles makes claims only about handles
  return {
    expect: (claim) => {
      if (claim._tag === "Same") expect({ ...claim, rebuilt: value(claim.rebuilt), recorded: value(claim.recorded) })
      else if (claim._tag === "OnGrid") expect({ ...claim, x: value(claim.x), rounded: value(claim.rounded) })
      else expect({ ...claim, x: value(claim.x) })
    },
    settle,
  }
}

const handleSide = (
  { make, read, scope }: Pick<Holdings, "make" | "read" | "scope">,
  numbers: Side<number>,
): Side<Handle> => ({
  only: O.none,
  bits: () => 32,
  toBytes: (x) => numbers.toBytes(read(x)),
  fromBytes: (bytes) => async () => {
    const value = await numbers.fromBytes(bytes)()
    return E.isLeft(value) ? value : E.right(make(value.right))
  },
  release: (handle) => scope.release(handle),
})
