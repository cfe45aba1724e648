/**
 * What laws are tried on: a bijection, a residual or a layer, with inputs.
 */
import type fc from "fast-check"
import type { Residual } from "../../src/block/Residual.ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import type { Env, EnvOptions } from "../../src/core/Env.ts"
import type { Key } from "../../src/core/Key.ts"
import type { Layer } from "../../src/core/Layer.ts"
import type { Kind } from "./Kind.ts"

// ---------------------------------------------------------------- model

/** What every subject may say of itself; only `inputs` has to be. */
export interface Tried<in out P, in out A> {
  /** What it is called in reports. */
  readonly name?: string
  /** Inputs are borrowed, and freed when a law has been judged. */
  readonly inputs: fc.Arbitrary<A>
  /** Fixed parameters, or how they are drawn from a key; unless given, they are what `init` draws, moved a little. */
  readonly params?: P | ((key: Key) => P)
  /** Global ids of the samples of an input; unless given, one for each place on the leading axis of its first tensor, else one in all. */
  readonly samples?: (a: A) => ReadonlyArray<number>
  /** Of what kind values are; unless given, that is seen from inputs and parameters. */
  readonly kind?: Kind
  /** The environment of a run; unless given, that of the kind. */
  readonly env?: (options: EnvOptions<P>) => Env<P>
}

/** A bijection to be tried. */
export interface Subject<in out P, in out A, in out B, in out S> extends Tried<P, A> {
  readonly bijection: Bijection<P, A, B, S>
}

/** A residual to be tried, alone and as the BDIA chain that is derived from it. */
export interface ResidualSubject<in out P, in out X, in out Bit> extends Omit<Tried<P, X>, "env"> {
  readonly residual: Residual<P, X, Bit>
  /** Blocks of the chain: 3 unless given. */
  readonly depth?: number
}

/** A layer to be tried. */
export interface LayerSubject<in out P, in out A, in out B> extends Tried<P, A> {
  readonly layer: Layer<P, A, B>
}

/** Any of the three, its types forgotten. */
export type AnySubject =
  | Subject<unknown, unknown, unknown, unknown>
  | ResidualSubject<unknown, unknown, unknown>
  | LayerSubject<unknown, unknown, unknown>

// --------------------------------------------------------- constructors

/** A subject as it is given: the types of bijection, inputs and parameters must meet. */
export const subject: {
  <P, A, B, S>(given: Subject<P, A, B, S>): Subject<P, A, B, S>
  <P, X, Bit>(given: ResidualSubject<P, X, Bit>): ResidualSubject<P, X, Bit>
  <P, A, B>(given: LayerSubject<P, A, B>): LayerSubject<P, A, B>
} = <G>(given: G): G => given

// ---------------------------------------------------------- destructors

/** What keeps a value from being a subject, in words that name the field; `null` where it is one. */
export const subjectFault = (value: unknown): string | null => {
  if (!isObject(value))
    return `is ${value === null ? "null" : `a ${typeof value}`}, not a subject { bijection, inputs }`
  const kinds = ["bijection", "residual", "layer"].filter((name) => name in value)
  const [kind] = kinds
  if (kind === undefined) {
    const [part] = Object.keys(members).filter((name) => missing(value, name).length === 0)
    return part === undefined
      ? "has none of the fields bijection, residual and layer"
      : `is a ${part} without inputs: export a subject { ${part}, inputs }`
  }
  if (kinds.length > 1) return `has the fields ${kinds.join(" and ")}: give one of them`
  if (!isObject(value["inputs"]) || typeof value["inputs"]["generate"] !== "function")
    return "has no inputs: give a fast-check arbitrary in the field inputs"
  const [first] = missing(value[kind], kind)
  return first === undefined ? null : `has no ${kind}.${first}`
}

/** The paths that a bijection, residual or layer has to have, and this value has not. */
const missing = (value: unknown, kind: string): ReadonlyArray<string> =>
  (members[kind] ?? []).filter((path) => {
    const found = path.split(".").reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value)
    return found === undefined || found === null
  })

const members: Readonly<Record<string, ReadonlyArray<string>>> = {
  bijection: ["params.init", "side.toBytes", "forward", "inverse", "infer", "pullback"],
  residual: ["space.quantize", "layer.params.init", "layer.apply", "layer.vjp"],
  layer: ["params.init", "apply", "vjp"],
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null
