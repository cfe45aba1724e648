import { Tagged } from "../../core/errors/Tagged.ts"

/** Bytes that are no checkpoint, or not all of one. */
export class CheckpointDamaged extends Tagged<"CheckpointDamaged"> {
  /** @param reason - what is wrong with which part, without a full stop */
  constructor(reason: string) {
    super("CheckpointDamaged", `This is no whole checkpoint: ${reason}. Use another copy.`)
  }
}
