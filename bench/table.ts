/**
 * Results as lines of at most 60 columns.
 */
import type { Verdict } from "./bounds.ts"
import type { Result, Row } from "./Suite.ts"

/**
 * A benchmark's tables: times, bytes where some were measured, ratios, and whether the promises among them were kept.
 */
export const tables = ({ title, on, matmulPeak, modes, ratios }: Result): ReadonlyArray<string> =>
  [
    ...wrap(
      `${title} (${on}${matmulPeak === undefined ? "" : `; a large product reaches ${decimals(matmulPeak)} GFLOP/s`})`,
      60,
    ),
    "",
    times("mode", "ms", "cpu ms", "tokens/s", "GFLOP/s", "peak"),
    ...modes.map(({ mode, ms, cpu, tokensPerSecond, gflops, ofPeak }) =>
      times(
        mode,
        ms.toFixed(ms < 10 ? 2 : 1),
        cpu.toFixed(cpu < 10 ? 2 : 0),
        tokensPerSecond?.toFixed(0),
        gflops?.toFixed(1),
        percent(ofPeak),
      ),
    ),
    ...(modes.some(({ process }) => process !== undefined) ? ["", ...bytes(modes)] : []),
    "",
    line("ratio of", "pairs", "least", "most", "medians"),
    ...ratios.map(({ name, median, min, max, ofMedians }) =>
      line(name, ...[median, min, max, ofMedians].map(decimals)),
    ),
    ...ratios.flatMap(verdict),
  ].map((row) => row.trimEnd())

const bytes = (modes: ReadonlyArray<Row>): ReadonlyArray<string> => [
  line("MB", "held", "peak", "process"),
  ...modes.map(({ mode, held, peak, process }) => line(mode, megabytes(held), megabytes(peak), megabytes(process))),
]

/** Whether a promise was kept, in words; nothing where there is none. */
const verdict = ({ name, median, sense, limit, reached }: Verdict): ReadonlyArray<string> =>
  limit === null
    ? []
    : [`${name} is ${decimals(median)}, to be ${sense} ${decimals(limit)}: ${reached ? "reached" : "NOT reached"}`]

type Cells = ReadonlyArray<string | undefined>

const times = (first: string, ...rest: Cells): string => columns(first, 20, rest, [8, 8, 9, 9, 6])

const line = (first: string, ...rest: Cells): string => columns(first, 28, rest, [8, 8, 8, 8])

const columns = (first: string, width: number, rest: Cells, widths: ReadonlyArray<number>): string =>
  first.padEnd(width) + rest.map((cell = "", i) => cell.padStart(widths[i] ?? 0)).join("")

const decimals = (value: number): string => value.toFixed(value < 10 ? 3 : 1)

const percent = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : `${(100 * value).toFixed(0)} %`

const megabytes = (bytes: number | null | undefined): string =>
  bytes === null || bytes === undefined ? "" : (bytes / 2 ** 20).toFixed(1)

const wrap = (text: string, width: number): ReadonlyArray<string> =>
  text.split(" ").reduce<ReadonlyArray<string>>((lines, word) => {
    const last = lines.at(-1)
    return last === undefined || last.length + 1 + word.length > width
      ? [...lines, word]
      : [...lines.slice(0, -1), `${last} ${word}`]
  }, [])
