import { Tagged } from "../../core/errors/Tagged.ts"

/** An invalid input of the user: a file, a folder, an option. The command exits with code 2. */
export class UnusableInput extends Tagged<"UnusableInput"> {
  /** @param sentence - says what is wrong with which field or file, and how to fix it */
  constructor(sentence: string) {
    super("UnusableInput", sentence)
  }
}
