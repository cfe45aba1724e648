/**
 * Results as lines of at most 60 columns.
 */

/** A benchmark's tables: times, bytes where some were measured, ratios, and whether the promises among them were kept. */
export const tables = ({ title, on, matmulPeak, modes, ratios }) =>
  [
    ...wrap(
      `${title} (${on}${matmulPeak === undefined ? "" : `; a large product reaches ${decimals(matmulPeak)} GFLOP/s`})`,
      60,
    ),
    "",
    times(["mode", "ms", "cpu ms", "tokens/s", "GFLOP/s", "peak"]),
    ...modes.map(({ mode, ms, cpu, tokensPerSecond, gflops, ofPeak }) =>
      times([
        mode,
        ms.toFixed(ms < 10 ? 2 : 1),
        cpu.toFixed(cpu < 10 ? 2 : 0),
        tokensPerSecond?.toFixed(0),
        gflops?.toFixed(1),
        percent(ofPeak),
      ]),
    ),
    ...(modes.some(({ process }) => process !== undefined) ? ["", ...bytes(modes)] : []),
    "",
    line(["ratio of", "pairs", "least", "most", "medians"]),
    ...ratios.map(({ name, median, min, max, ofMedians }) =>
      line([name, ...[median, min, max, ofMedians].map(decimals)]),
    ),
    ...ratios.filter(({ limit }) => limit !== null).map(verdict),
  ].map((row) => row.trimEnd())

const bytes = (modes) => [
  line(["MB", "held", "peak", "process"]),
  ...modes.map(({ mode, held, peak, process }) => line([mode, megabytes(held), megabytes(peak), megabytes(process)])),
]

/** Whether a promise was kept, in words. */
const verdict = ({ name, median, sense, limit, reached }) =>
  `${name} is ${decimals(median)}, to be ${sense} ${decimals(limit)}: ${reached ? "reached" : "NOT reached"}`

const times = (cells) => columns(cells, 20, [8, 8, 9, 9, 6])

const line = (cells) => columns(cells, 28, [8, 8, 8, 8])

const columns = ([first, ...rest], width, widths) =>
  first.padEnd(width) + rest.map((cell = "", i) => cell.padStart(widths[i])).join("")

const decimals = (value) => value.toFixed(value < 10 ? 3 : 1)

const percent = (value) => (value === undefined ? undefined : `${(100 * value).toFixed(0)} %`)

const megabytes = (bytes) => (bytes === null ? "" : (bytes / 2 ** 20).toFixed(1))

const wrap = (text, width) =>
  text.split(" ").reduce((lines, word) => {
    const last = lines.at(-1)
    return last === undefined || last.length + 1 + word.length > width
      ? [...lines, word]
      : [...lines.slice(0, -1), `${last} ${word}`]
  }, [])
