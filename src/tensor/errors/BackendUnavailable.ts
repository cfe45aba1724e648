import { Tagged } from "../../core/errors/Tagged.ts"

/** A backend cannot start here: a package, a driver or a device is missing. */
export class BackendUnavailable extends Tagged<"BackendUnavailable"> {
  /** @param sentence - names what is missing and how to get it */
  constructor(sentence: string, options?: ErrorOptions) {
    super("BackendUnavailable", sentence, options)
  }
}
