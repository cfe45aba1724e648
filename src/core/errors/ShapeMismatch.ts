import { Tagged } from "./Tagged.ts"

/** Two parties disagree on a shape. */
export class ShapeMismatch extends Tagged<"ShapeMismatch"> {
  /** @param sentence - names both parties and their numbers, and says how to fix it */
  constructor(sentence: string) {
    super("ShapeMismatch", sentence)
  }
}
