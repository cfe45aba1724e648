import { Tagged } from "./Tagged.ts"

/** Side information does not fit the network. */
export class SideMismatch extends Tagged<"SideMismatch"> {
  /** @param sentence - names both parties and their numbers, and says how to fix it */
  constructor(sentence: string) {
    super("SideMismatch", sentence)
  }
}
