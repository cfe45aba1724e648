import { Tagged } from "./Tagged.ts"

/** Two parties disagree on a shape. */
export class ShapeMismatch extends Tagged<"ShapeMismatch"> {
  /** @param sentence - names both parties, their numbers and the way out */
  constructor(sentence: string) {
    super("ShapeMismatch", sentence)
  }
}
