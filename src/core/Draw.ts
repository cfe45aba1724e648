/**
 * Where a layer's random numbers come from.
 */
import { Key } from "./Key.ts"

// ---------------------------------------------------------------- model

/** The key of a part and the global ids of the samples in its batch, one for each place on the leading axis. */
export interface Draw {
  readonly key: Key
  readonly samples: ReadonlyArray<number>
}

/** Draws are derived by name, so that two layers at one path do not share their random numbers. */
export const Draw = {
  // --------------------------------------------------------- combinators

  /** The draws of the part called `name`. */
  child:
    (name: string) =>
    (draw: Draw): Draw => ({ key: Key.child(name)(draw.key), samples: draw.samples }),
}
