/**
 * Text after a label, in a column of its own.
 */

/** Breaks `text` into lines of at most `columns`, the label included. */
export const wrapped = (label: string, text: string, columns: number): ReadonlyArray<string> => {
  const room = Math.max(16, columns - label.length)
  const lines = text.split(" ").reduce<ReadonlyArray<string>>((done, word) => {
    const last = done.at(-1)
    return last === undefined || last.length + 1 + word.length > room
      ? [...done, word]
      : [...done.slice(0, -1), `${last} ${word}`]
  }, [])
  return lines.map((line, i) => (i === 0 ? label : " ".repeat(label.length)) + line)
}
