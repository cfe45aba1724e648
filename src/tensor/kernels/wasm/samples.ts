/** Per-sample numbers, contiguous in memory, so that one call processes the whole batch. */
import type { Code, V128, I32 } from "./assembler/Code.ts"
import type { Heap } from "./Heap.ts"

// ---------------------------------------------------------------- model

/** The samples that a loop runs over. */
interface Samples<Name extends string, Row extends string> {
  readonly samples: I32
  /** The address of the numbers, and their names. */
  readonly given: I32
  readonly names: readonly Name[]
  /** The addresses of the tensors, and the bytes of a sample in each. */
  readonly rows: Readonly<Record<Row, readonly [place: I32, bytes: I32]>>
}

// --------------------------------------------------------- constructors

/**
 * Writes a loop over samples. `body` gets the numbers of a sample, each in all lanes, and the addresses of its rows.
 */
export const overSamples = <Name extends string, Row extends string>(
  { advance, counter, repeat, splat }: Code,
  { samples, given, names, rows }: Samples<Name, Row>,
  body: (numbers: Readonly<Record<Name, V128>>, at: Readonly<Record<Row, I32>>) => void,
): void => {
  const numbers = counter(given)
  const walked = Object.entries<readonly [I32, I32]>(rows).map(([row, [place, bytes]]) => ({
    row,
    at: counter(place),
    bytes,
  }))
  repeat(samples, () => {
    const lanes = Object.fromEntries(names.map((name, n) => [name, splat(numbers, 4 * n)]))
    const at = Object.fromEntries(walked.map(({ row, at }) => [row, at]))
    body(lanes as Record<Name, V128>, at as Record<Row, I32>) // lanes and at have every name
    for (const { at, bytes } of walked) advance(at, bytes)
    advance(numbers, 4 * names.length)
  })
}

/** Allocates memory for the numbers of all samples while `body` runs. The numbers of one sample are contiguous. */
export const withNumbers = <A>(
  heap: Heap,
  numbers: readonly (readonly number[])[],
  samples: number,
  body: (place: number) => A,
): A =>
  heap.scratch(samples * numbers.length, (place) => {
    const to = heap.numbers(place, samples * numbers.length)
    for (const [n, each] of numbers.entries())
      for (let i = 0; i < samples; i++) to[i * numbers.length + n] = each[i] ?? NaN
    return body(place)
  })
