import { Tagged } from "./Tagged.ts"

/** Side information does not fit the network that is to use it. */
export class SideMismatch extends Tagged<"SideMismatch"> {
  /** @param sentence - names both parties, their numbers and the way out */
  constructor(sentence: string) {
    super("SideMismatch", sentence)
  }
}
