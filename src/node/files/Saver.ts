/**
 * Saves a run while it trains, so that an interruption loses only the work since the last save.
 *
 * Laws (checked by `test/node/saving.test.ts` and `npm run kill`):
 *
 * 1. the file is complete at every moment, and of the last step whose write succeeded
 * 2. a failed write does not end the run: it is reported, the older file stays, and the next checkpoint tries again
 */
import { UnusableInput } from "../errors/UnusableInput.ts"
import { unwritten, write } from "./outputFile.ts"

// ---------------------------------------------------------------- model

/** A run after some steps. `pieces` are the bytes of its checkpoint. */
export interface Saved {
  readonly steps: number
  readonly pieces: () => AsyncIterable<Uint8Array>
}

/** What is written, and when. */
export interface Saving {
  /** The option that names the file, for messages. */
  readonly option: string
  readonly file: string
  /** A checkpoint is due when this much time, or this many steps, have passed since the last. */
  readonly every: { readonly minutes: number; readonly steps?: number }
  /** Receives a sentence for each failed write. */
  readonly warn: (sentence: string) => void
  /** The milliseconds of a monotonic clock. */
  readonly now: () => number
}

export interface Saver {
  /** Call it after every step: it writes a checkpoint if one is due. It never rejects. */
  readonly after: (state: Saved) => Promise<void>
  /**
   * Writes the final state unless the file has it. Resolves to what is wrong with the file, or to null. It never
   * rejects.
   */
  readonly end: (state: Saved) => Promise<string | null>
}

// --------------------------------------------------------- constructors

/** Writes the first checkpoint, which tests the place. Throws `UnusableInput` if that fails. */
export const startSaving = async ({ option, file, every, warn, now }: Saving, first: Saved): Promise<Saver> => {
  let due = { time: 0, steps: 0 }
  let written = first.steps
  const attempt = async ({ steps, pieces }: Saved): Promise<string | null> => {
    try {
      await write(file, pieces())
      written = steps
      return null
    } catch (error) {
      return unwritten(error)
    } finally {
      due = { time: now() + 60_000 * every.minutes, steps: steps + (every.steps ?? Infinity) }
    }
  }
  const reason = await attempt(first)
  if (reason !== null) throw new UnusableInput(`${option} ${file} cannot be written: ${reason}. Give another file.`)
  return {
    after: async (state) => {
      if (state.steps < due.steps && now() < due.time) return
      const wrong = await attempt(state)
      if (wrong !== null)
        warn(
          `${option} ${file} could not be written after step ${state.steps}: ${wrong}. It has step ${written}; the run goes on, and the next checkpoint is tried.`,
        )
    },
    end: async (state) => {
      if (state.steps === written) return null
      const wrong = await attempt(state)
      return wrong === null
        ? null
        : `${option} ${file} could not be written after step ${state.steps}, the last: ${wrong}. It has step ${written}.`
    },
  }
}
