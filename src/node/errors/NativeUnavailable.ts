import { Tagged } from "../../core/errors/Tagged.ts"

/** A package, library, download or folder that native speed needs is missing. The command exits with code 2. */
export class NativeUnavailable extends Tagged<"NativeUnavailable"> {
  /** @param sentence - names what is missing and what to do */
  constructor(sentence: string) {
    super("NativeUnavailable", sentence)
  }
}
