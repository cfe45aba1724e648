/**
 * Ownership of values: a scope frees the values of the kind that a network runs on.
 *
 * forward, inverse and infer borrow their arguments, and pullback consumes them. Every result is a new handle.
 */
import type { Path } from "./Path.ts"
import type { Content } from "./Side.ts"

// ---------------------------------------------------------------- model

/** A running part of a network, for ledgers. */
export interface Part<in A> {
  readonly path: Path
  /** The output of a forward pass, and the contents of its side. */
  readonly forward?: (result: A) => { readonly output: unknown; readonly contents: ReadonlyArray<Content> }
}

/** Frees the values of a program; on numbers it does nothing. */
export interface Scope {
  /** Runs `body` and frees what it made, except what it returns. `part` names the part that runs. */
  readonly within: <A>(body: () => A, part?: Part<A>) => A
  /** Returns a new handle to the same value, without copying bytes. */
  readonly own: <A>(value: A) => A
  /** Frees every handle in `value`. */
  readonly release: (value: unknown) => void
}

// ------------------------------------------------------------ instances

/** The scope of values that the garbage collector frees: numbers and typed arrays. */
export const hostScope: Scope = { within: (body) => body(), own: (value) => value, release: () => {} }
