import { Tagged } from "../../core/errors/Tagged.ts"

/** Native speed cannot be had here: a package, a library, a download or a folder is missing. The command ends with exit code 2. */
export class NativeUnavailable extends Tagged<"NativeUnavailable"> {
  /** @param sentence - names what is missing and the way out */
  constructor(sentence: string) {
    super("NativeUnavailable", sentence)
  }
}
