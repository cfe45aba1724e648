import { Tagged } from "../../core/errors/Tagged.ts"

/** The bytes are not a complete checkpoint. */
export class CheckpointDamaged extends Tagged<"CheckpointDamaged"> {
  /** @param reason - what is wrong with which part, without a period */
  constructor(reason: string) {
    super("CheckpointDamaged", `This is not a complete checkpoint: ${reason}. Use another copy.`)
  }
}
