/**
 * Who frees what: a capability of the values that a network runs on.
 *
 * forward, inverse and infer borrow their arguments; pullback consumes them; whatever is returned is a handle of its own.
 */
import type { Path } from "./Path.ts"

// ---------------------------------------------------------------- model

/** What frees the values of a program; on numbers it does nothing. */
export interface Scope {
  /** Runs `body` and frees what it made, but for what it returns. `part` is whose work it is, for whoever keeps accounts. */
  readonly within: <A>(body: () => A, part?: Path) => A
  /** A handle of its own to the same value; no bytes are copied. */
  readonly own: <A>(value: A) => A
  /** Frees every handle in `value`. */
  readonly release: (value: unknown) => void
}

// ------------------------------------------------------------ instances

/** For values that the garbage collector frees: numbers and typed arrays. */
export const hostScope: Scope = { within: (body) => body(), own: (value) => value, release: () => {} }
