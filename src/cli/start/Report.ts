/**
 * The report of `bijou start`, as data.
 */
import { mkdir } from "node:fs/promises"
import { join } from "node:path"
import * as t from "io-ts"
import { writeAtomically } from "../../node/files/outputFile.ts"
import { Fit } from "../../train/memory/Fit.ts"

// ---------------------------------------------------------------- model

const MemoryAndTime = t.strict({
  depth: t.number,
  reversedBytes: t.number,
  tapedBytes: t.number,
  reversedMs: t.number,
  tapedMs: t.number,
})

/** Losses are in nats per byte of the validation text, bytes of distinct buffers, times medians per step. */
export const Report = t.readonly(
  t.strict({
    backend: t.string,
    depth: t.number,
    width: t.number,
    heads: t.number,
    batch: t.number,
    microBatch: t.number,
    /** Null if the main thread evaluated the batches. */
    workers: t.union([t.number, t.null]),
    context: t.number,
    fractionBits: t.number,
    steps: t.number,
    seed: t.number,
    parameters: t.number,
    /** SHA-256 of the bytes of the trained parameters, in hexadecimal. */
    digest: t.string,
    loss: t.strict({ uniform: t.number, unigram: t.number, first: t.number, last: t.number }),
    roundTrip: t.strict({ bits: t.number, differing: t.number }),
    held: t.strict({ reversedBytes: t.number, tapedBytes: t.number }),
    msPerStep: t.strict({ reversed: t.number, taped: t.number }),
    /** The table of depths; empty with --no-depths. */
    sweep: t.readonlyArray(MemoryAndTime),
    /** With --budget: the plan that was fitted to it, and the peak bytes of tensors during training. */
    budget: t.union([t.strict({ fit: Fit, peak: t.number }), t.null]),
    sample: t.string,
  }),
)

export type Report = t.TypeOf<typeof Report>

// ---------------------------------------------------------- destructors

/** The path of the report in a folder. */
export const reportPath = (folder: string): string => join(folder, "report.json")

/** Writes `report.json` into a folder atomically and returns its path. */
export const writeReport = async (folder: string, report: Report): Promise<string> => {
  await mkdir(folder, { recursive: true })
  const path = reportPath(folder)
  await writeAtomically("The report", path, `${JSON.stringify(Report.encode(report), null, 2)}\n`)
  return path
}
