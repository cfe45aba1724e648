/**
 * Formats a ledger as a table of 60 columns.
 */
import { owners, peakOf, bytesOf, type Bytes, type Ledger } from "./Ledger.ts"

/**
 * Lists megabytes by owner at four moments: before the step, when the loss is known, at the peak, and after the step.
 */
export const ledgerTable = (ledger: Ledger): string => {
  const { start, moments } = ledger
  const known = moments.findLast(({ phase }) => phase === "forward")?.end ?? start
  const highest = peakOf(ledger)
  const columns: ReadonlyArray<readonly [title: string, bytes: Bytes]> = [
    ["before", start],
    ["loss known", known],
    ["highest", highest?.peak ?? start],
    ["after", moments.at(-1)?.end ?? start],
  ]
  const line = (name: string, cells: ReadonlyArray<string>) =>
    `${name.padEnd(16)}${cells.map((cell) => cell.padStart(11)).join("")}`
  return [
    line(
      "MB",
      columns.map(([title]) => title),
    ),
    ...owners
      .filter((owner) => columns.some(([, bytes]) => bytes[owner] > 0))
      .map((owner) =>
        line(
          owner,
          columns.map(([, bytes]) => megabytes(bytes[owner])),
        ),
      ),
    line(
      "total",
      columns.map(([, bytes]) => megabytes(bytesOf(bytes))),
    ),
    ...(highest === null
      ? []
      : [`highest in ${nameOf(highest.phase)} of ${highest.path === "" ? "the network" : highest.path}`]),
  ].join("\n")
}

/** Less than a hundredth of a megabyte is shown in bytes. */
const megabytes = (bytes: number): string =>
  bytes > 0 && bytes < 2 ** 20 / 200 ? `${bytes} B` : (bytes / 2 ** 20).toFixed(2)

const nameOf = (phase: "forward" | "pullback" | "update"): string =>
  phase === "update" ? "the update" : `the ${phase}`
