/**
 * Every byte of a training step and its owner, at each moment.
 */
import * as t from "io-ts"

// ---------------------------------------------------------------- model

/**
 * The possible owners of a buffer. A buffer with several owners counts for the first of them in this list.
 *
 * - `parameters`, `optimizer` (the moments), `input`: the arguments of the step
 * - `kept`: inputs that parts keep; `tapes`: tensors saved for gradients; `planes` and `padding`: side bits, and the
 *   unused bits of their last words
 * - `state`: the activations that pass from part to part, computed forward or rebuilt; `cotangents`: what the backward
 *   pass passes on
 * - `gradients`: gradients of parameters
 * - `evidence`: claims that are not read yet
 * - `working`: what a part allocates and frees while it runs
 */
export const owners = [
  "parameters",
  "optimizer",
  "input",
  "kept",
  "tapes",
  "planes",
  "padding",
  "state",
  "gradients",
  "cotangents",
  "evidence",
  "working",
] as const

/** The owner of a byte. */
export type Owner = (typeof owners)[number]

/** Bytes by owner. */
export const Bytes = t.readonly(
  t.strict({
    parameters: t.number,
    optimizer: t.number,
    input: t.number,
    kept: t.number,
    tapes: t.number,
    planes: t.number,
    padding: t.number,
    state: t.number,
    gradients: t.number,
    cotangents: t.number,
    evidence: t.number,
    working: t.number,
  } satisfies Record<Owner, t.NumberC>),
)

export type Bytes = t.TypeOf<typeof Bytes>

/**
 * One part at work: the bytes at its highest moment and at its end, and what it computes, known only if just shapes
 * were run.
 */
export const Moment = t.readonly(
  t.strict({
    phase: t.keyof({ forward: null, pullback: null, update: null }),
    path: t.string,
    peak: Bytes,
    end: Bytes,
    operations: t.number,
    moved: t.number,
  }),
)

export type Moment = t.TypeOf<typeof Moment>

/** The account of one step: the bytes before it, then every part in the order of its work. */
export const Ledger = t.readonly(t.strict({ start: Bytes, moments: t.readonlyArray(Moment) }), "Ledger")

export type Ledger = t.TypeOf<typeof Ledger>

// ---------------------------------------------------------- destructors

/** Returns the sum over owners. */
export const bytesOf = (bytes: Bytes): number => owners.reduce((sum, owner) => sum + bytes[owner], 0)

/** Returns the moment with the most bytes, or null for a step without parts. */
export const peakOf = ({ moments }: Ledger): Moment | null =>
  moments.reduce<Moment | null>(
    (most, moment) => (most === null || bytesOf(moment.peak) > bytesOf(most.peak) ? moment : most),
    null,
  )
