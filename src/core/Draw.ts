/**
 * The source of a layer's random numbers.
 */
import { Key } from "./Key.ts"

// ---------------------------------------------------------------- model

/** The key of a part and the global ids of the samples in its batch, one for each index of the leading axis. */
export interface Draw {
  readonly key: Key
  readonly samples: ReadonlyArray<number>
}

/** Derives draws by name, so that two layers at one path do not share random numbers. */
export const Draw = {
  // --------------------------------------------------------- combinators

  /** Derives the draws of the part called `name`. */
  child:
    (name: string) =>
    (draw: Draw): Draw => ({ key: Key.child(name)(draw.key), samples: draw.samples }),
}
