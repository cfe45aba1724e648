/**
 * The function h that a reversible block is derived from.
 */
import type { Layer } from "../core/Layer.ts"
import type { Space } from "../exact/Space.ts"

// ---------------------------------------------------------------- model

/** Any layer from X to X, and the space whose arithmetic its block uses. */
export interface Residual<P, X, Bit> {
  readonly space: Space<X, Bit>
  readonly layer: Layer<P, X, X>
}

/** A residual that also reads a context C (mask, encoder output), which passes through every block unchanged. */
export interface ContextResidual<P, C, X, Bit> {
  readonly space: Space<X, Bit>
  readonly context: Context<C>
  readonly layer: Layer<P, readonly [context: C, x: X], X>
}

/** What a chain needs to know about its context: how to sum its cotangents. */
export interface Context<in out C> {
  /** Adds two cotangents of the context, from two blocks that read it. */
  readonly add: (x: C, y: C) => C
}
