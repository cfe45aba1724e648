/**
 * The function h that a reversible block is derived from.
 */
import type { Layer } from "../core/Layer.ts"
import type { Space } from "../exact/Space.ts"

// ---------------------------------------------------------------- model

/** Any layer from X to X, and the grid that its block lives on. */
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

/** What a chain must know of its context: how its cotangents add up. */
export interface Context<in out C> {
  /** The sum of two cotangents of the context, one from each block that read it. */
  readonly add: (x: C, y: C) => C
}
