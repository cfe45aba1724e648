import { Tagged } from "../../core/errors/Tagged.ts"

/** Something a person gave cannot be used: a file, a folder, an option. The command ends with exit code 2. */
export class UnusableInput extends Tagged<"UnusableInput"> {
  /** @param sentence - names the field or file, what is wrong, and the way out */
  constructor(sentence: string) {
    super("UnusableInput", sentence)
  }
}
