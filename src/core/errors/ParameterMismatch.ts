import { Tagged } from "./Tagged.ts"

/** Parameters do not fit the network. */
export class ParameterMismatch extends Tagged<"ParameterMismatch"> {
  /** @param sentence - names the parameter and says how to fix it */
  constructor(sentence: string) {
    super("ParameterMismatch", sentence)
  }
}
