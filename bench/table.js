/**
 * Results as lines of at most 60 columns.
 */

/** A benchmark's tables. */
export const tables = ({ title, modes, ratios }) =>
  [
    ...wrap(title, 60),
    "",
    line(["mode", "ms", modes[0].tokensPerSecond === undefined ? "cpu ms" : "tokens/s", "held MB", "peak MB"]),
    ...modes.map(({ mode, ms, cpu, tokensPerSecond, held, peak }) =>
      line([mode, ms.toFixed(1), (tokensPerSecond ?? cpu).toFixed(0), megabytes(held), megabytes(peak)]),
    ),
    "",
    line(["ratio", "of pairs", "least", "most", "of medians"]),
    ...ratios.map(({ name, median, min, max, ofMedians }) =>
      line([name, ...[median, min, max, ofMedians].map(decimals)]),
    ),
    ...ratios.filter(({ limit }) => limit !== null).map(verdict),
  ].map((row) => row.trimEnd())

/** Whether a promise was kept, in words. */
const verdict = ({ name, median, sense, limit, reached }) =>
  `${name} is ${decimals(median)}, to be ${sense} ${decimals(limit)}: ${reached ? "reached" : "NOT reached"}`

const line = ([first, ...rest]) => first.padEnd(22) + rest.map((cell, i) => cell.padStart([9, 9, 9, 11][i])).join("")

const decimals = (value) => value.toFixed(value < 10 ? 3 : 1)

const megabytes = (bytes) => (bytes === null ? "" : (bytes / 2 ** 20).toFixed(1))

const wrap = (text, width) =>
  text.split(" ").reduce((lines, word) => {
    const last = lines.at(-1)
    return last === undefined || last.length + 1 + word.length > width
      ? [...lines, word]
      : [...lines.slice(0, -1), `${last} ${word}`]
  }, [])
