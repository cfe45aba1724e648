/**
 * Subjects of laws: a bijection, a residual or a layer, with inputs.
 */
import type fc from "fast-check"
import type { Residual } from "../../src/block/Residual.ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import type { Env, EnvOptions } from "../../src/core/Env.ts"
import type { Key } from "../../src/core/Key.ts"
import type { Layer } from "../../src/core/Layer.ts"
import type { Kind } from "./Kind.ts"

// ---------------------------------------------------------------- model

/** The fields of every subject; only `inputs` is required. */
export interface Tried<in out P, in out A> {
  /** Its name in reports. */
  readonly name?: string
  /** The inputs. They are borrowed, and freed after a law has been tested. */
  readonly inputs: fc.Arbitrary<A>
  /** Fixed parameters, or a function that draws them from a key. Default: those of `init`, moved a little. */
  readonly params?: P | ((key: Key) => P)
  /**
   * Global ids of the samples of an input. Default: one for each index of the leading axis of its first tensor,
   * otherwise one.
   */
  readonly samples?: (a: A) => ReadonlyArray<number>
  /** The kind of the values. Default: the kind of the inputs and parameters. */
  readonly kind?: Kind
  /** The environment of a run. Default: that of the kind. */
  readonly env?: (options: EnvOptions<P>) => Env<P>
}

/** A bijection to test. */
export interface Subject<in out P, in out A, in out B, in out S> extends Tried<P, A> {
  readonly bijection: Bijection<P, A, B, S>
}

/** A residual to test, alone and as the BDIA chain that is derived from it. */
export interface ResidualSubject<in out P, in out X, in out Bit> extends Omit<Tried<P, X>, "env"> {
  readonly residual: Residual<P, X, Bit>
  /** The number of blocks of the chain. Default: 3. */
  readonly depth?: number
}

/** A layer to test. */
export interface LayerSubject<in out P, in out A, in out B> extends Tried<P, A> {
  readonly layer: Layer<P, A, B>
}

/** Any subject, without its types. */
export type AnySubject =
  | Subject<unknown, unknown, unknown, unknown>
  | ResidualSubject<unknown, unknown, unknown>
  | LayerSubject<unknown, unknown, unknown>

// --------------------------------------------------------- constructors

/** Makes a subject; the types of bijection, inputs and parameters must agree. */
export const subject: {
  <P, A, B, S>(given: Subject<P, A, B, S>): Subject<P, A, B, S>
  <P, X, Bit>(given: ResidualSubject<P, X, Bit>): ResidualSubject<P, X, Bit>
  <P, A, B>(given: LayerSubject<P, A, B>): LayerSubject<P, A, B>
} = <G>(given: G): G => given

// ---------------------------------------------------------- destructors

/** Says why a value is not a subject, and names the field; null if it is one. */
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

/** Lists the paths that a bijection, residual or layer must have and this value lacks. */
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
