/**
 * Who frees what: a capability of the values that a network runs on.
 *
 * forward, inverse and infer borrow their arguments; pullback consumes them; whatever is returned is a handle of its own.
 */
import type { Path } from "./Path.ts"
import type { Content } from "./Side.ts"

// ---------------------------------------------------------------- model

/** A part of a network at work, for accounts. */
export interface Part<in A> {
  readonly path: Path
  /** What a forward pass returns: its output, and what its side is made of. */
  readonly forward?: (result: A) => { readonly output: unknown; readonly contents: ReadonlyArray<Content> }
}

/** What frees the values of a program; on numbers it does nothing. */
export interface Scope {
  /** Runs `body` and frees what it made, except what it returns. `part` says whose work it is. */
  readonly within: <A>(body: () => A, part?: Part<A>) => A
  /** A handle of its own to the same value; no bytes are copied. */
  readonly own: <A>(value: A) => A
  /** Frees every handle in `value`. */
  readonly release: (value: unknown) => void
}

// ------------------------------------------------------------ instances

/** For values that the garbage collector frees: numbers and typed arrays. */
export const hostScope: Scope = { within: (body) => body(), own: (value) => value, release: () => {} }
