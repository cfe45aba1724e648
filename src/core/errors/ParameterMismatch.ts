import { Tagged } from "./Tagged.ts"

/** Parameters do not fit the network that is to use them. */
export class ParameterMismatch extends Tagged<"ParameterMismatch"> {
  /** @param sentence - names the parameter and the way out */
  constructor(sentence: string) {
    super("ParameterMismatch", sentence)
  }
}
