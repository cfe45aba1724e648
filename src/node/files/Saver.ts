/**
 * Saving a run while it goes on, so that no more is lost than what was done since the last time, whatever ends it.
 *
 * Laws (checked by `test/node/saving.test.ts` and `npm run kill`):
 *
 * 1. the file is whole at every moment, and of the last step whose writing ended well
 * 2. a write that fails does not end the run: it is said, the older file stays, and the next time it is tried again
 */
import { UnusableInput } from "../errors/UnusableInput.ts"
import { unwritten, write } from "./outputFile.ts"

// ---------------------------------------------------------------- model

/** A run after some steps; `pieces` are the bytes of its checkpoint. */
export interface Saved {
  readonly steps: number
  readonly pieces: () => AsyncIterable<Uint8Array>
}

/** What is written when. */
export interface Saving {
  /** The option that names the file, for messages. */
  readonly option: string
  readonly file: string
  /** A checkpoint is due when so much has passed since the last was. */
  readonly every: { readonly minutes: number; readonly steps?: number }
  /** Is told of every write that fails. */
  readonly warn: (sentence: string) => void
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
}

export interface Saver {
  /** To be called after every step: writes where a checkpoint is due. Never rejects. */
  readonly after: (state: Saved) => Promise<void>
  /** Writes what the run ended in, unless the file has it, and returns what is wrong with the file then; null where nothing is. Never rejects. */
  readonly end: (state: Saved) => Promise<string | null>
}

// --------------------------------------------------------- constructors

/** Writes the first checkpoint, which tries the place. Throws `UnusableInput` where that fails. */
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
