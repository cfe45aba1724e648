/**
 * The report of `bijou ledger`, as data.
 */
import * as t from "io-ts"
import { Fit } from "../../train/memory/Fit.ts"
import { Ledger } from "../../train/memory/Ledger.ts"

// ---------------------------------------------------------------- model

/** `processPeak` is the peak memory of the whole process; null if nothing was run. */
export const LedgerReport = t.readonly(
  t.strict({
    backend: t.string,
    depth: t.number,
    width: t.number,
    heads: t.number,
    batch: t.number,
    context: t.number,
    vocabulary: t.number,
    parameters: t.number,
    fit: t.union([Fit, t.null]),
    ledger: Ledger,
    processPeak: t.union([t.number, t.null]),
  }),
)

export type LedgerReport = t.TypeOf<typeof LedgerReport>
