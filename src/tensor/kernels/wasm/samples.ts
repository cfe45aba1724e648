/** Numbers that differ from sample to sample: side by side in memory, so that one call does the whole batch. */
import type { Code, V128, I32 } from "./assembler/Code.ts"
import type { Heap } from "./Heap.ts"

// ---------------------------------------------------------------- model

/** What is walked over. */
interface Samples<Name extends string, Row extends string> {
  readonly samples: I32
  /** The place of the numbers, and what they are called. */
  readonly given: I32
  readonly names: readonly Name[]
  /** Where tensors start, and the bytes of a sample in each. */
  readonly rows: Readonly<Record<Row, readonly [place: I32, bytes: I32]>>
}

// --------------------------------------------------------- constructors

/** A loop over samples: `body` is given the numbers of a sample, in all lanes, and where its rows begin. */
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
    body(lanes as Record<Name, V128>, at as Record<Row, I32>) // every name is there
    for (const { at, bytes } of walked) advance(at, bytes)
    advance(numbers, 4 * names.length)
  })
}

/** Memory for the numbers of all samples while `body` runs, those of a sample side by side. */
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
