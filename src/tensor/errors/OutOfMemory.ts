import { Tagged } from "../../core/errors/Tagged.ts"

/** A backend has no room for a tensor. Nothing was overwritten: what is freed can be used again. */
export class OutOfMemory extends Tagged<"OutOfMemory"> {
  /** How many bytes were asked for; null where nothing tells. */
  readonly bytes: number | null

  /** @param at - a sentence that names the backend and its numbers, to which the way out is added, and the bytes asked for */
  constructor(at: { readonly sentence: string; readonly bytes: number | null }, options?: ErrorOptions) {
    super(
      "OutOfMemory",
      `${at.sentence} Use a smaller batch, a memory budget or a plan that keeps less, free tensors, or use another backend.`,
      options,
    )
    this.bytes = at.bytes
  }
}
