import { Tagged } from "../../core/errors/Tagged.ts"

/** An input such as a file, a folder or an option cannot be used. The command exits with code 2. */
export class UnusableInput extends Tagged<"UnusableInput"> {
  /** @param sentence - names the field or file, what is wrong, and what to do */
  constructor(sentence: string) {
    super("UnusableInput", sentence)
  }
}
