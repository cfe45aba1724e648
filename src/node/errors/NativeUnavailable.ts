import { Tagged } from "../../core/errors/Tagged.ts"

/** A BLAS or TensorFlow is not available: something is missing or does not work. The command exits with code 2. */
export class NativeUnavailable extends Tagged<"NativeUnavailable"> {
  /** @param sentence - says what is missing and how to fix it */
  constructor(sentence: string) {
    super("NativeUnavailable", sentence)
  }
}
