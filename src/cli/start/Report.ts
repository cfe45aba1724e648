/**
 * What `bijou start` found, as data.
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

/** Losses are in nats a byte on the validation text, bytes are of distinct buffers, times are medians of a step. */
export const Report = t.readonly(
  t.strict({
    backend: t.string,
    depth: t.number,
    width: t.number,
    heads: t.number,
    batch: t.number,
    microBatch: t.number,
    /** Null where the thread of the command evaluated alone. */
    workers: t.union([t.number, t.null]),
    context: t.number,
    fractionBits: t.number,
    steps: t.number,
    seed: t.number,
    parameters: t.number,
    /** SHA-256, in hexadecimal digits, of the bytes of the trained parameters. */
    digest: t.string,
    loss: t.strict({ uniform: t.number, unigram: t.number, first: t.number, last: t.number }),
    roundTrip: t.strict({ bits: t.number, differing: t.number }),
    held: t.strict({ reversedBytes: t.number, tapedBytes: t.number }),
    msPerStep: t.strict({ reversed: t.number, taped: t.number }),
    /** Of the table of depths; empty without it. */
    sweep: t.readonlyArray(MemoryAndTime),
    /** With a budget of memory: the plan that was fitted to it, and the most bytes that tensors took while training. */
    budget: t.union([t.strict({ fit: Fit, peak: t.number }), t.null]),
    sample: t.string,
  }),
)

export type Report = t.TypeOf<typeof Report>

// ---------------------------------------------------------- destructors

/** Where a report goes. */
export const reportPath = (folder: string): string => join(folder, "report.json")

/** Writes `report.json` into a folder, in full or not at all; returns its path. */
export const writeReport = async (folder: string, report: Report): Promise<string> => {
  await mkdir(folder, { recursive: true })
  const path = reportPath(folder)
  await writeAtomically("The report", path, `${JSON.stringify(Report.encode(report), null, 2)}\n`)
  return path
}
