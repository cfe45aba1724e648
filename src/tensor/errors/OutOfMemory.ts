import { Tagged } from "../../core/errors/Tagged.ts"

/** A backend cannot allocate a tensor. No tensor was overwritten, and freed memory can be used again. */
export class OutOfMemory extends Tagged<"OutOfMemory"> {
  /** The number of bytes requested; null if it is unknown. */
  readonly bytes: number | null

  /**
   * @param at - the bytes requested, and a sentence that names the backend and its numbers; advice is appended to it
   */
  constructor(at: { readonly sentence: string; readonly bytes: number | null }, options?: ErrorOptions) {
    super(
      "OutOfMemory",
      `${at.sentence} Use a smaller batch, a memory budget or a plan that keeps less, free tensors, or use another backend.`,
      options,
    )
    this.bytes = at.bytes
  }
}
