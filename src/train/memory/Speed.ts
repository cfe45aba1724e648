/**
 * How fast a machine is: two numbers that estimated times rest on.
 *
 *     ms = operations / speed.operations + moved / speed.bytes
 */

// ---------------------------------------------------------------- model

/** Operations of matrix products, and bytes moved, in a millisecond; infinite for what takes no time beside the other. */
export interface Speed {
  readonly operations: number
  readonly bytes: number
}

/** What was done, and how long it took. */
export interface Timing {
  readonly operations: number
  readonly moved: number
  readonly ms: number
}

/** Speeds, and what they make of a piece of work. */
export const Speed = {
  // -------------------------------------------------------- constructors

  /** One core of a desktop, with the kernels of the wasm backend. */
  oneCore: { operations: 3e7, bytes: 4e6 } satisfies Speed as Speed,

  /** Least squares over timings, neither number negative; that of one core where they tell nothing. */
  fromTimings: (timings: ReadonlyArray<Timing>): Speed => {
    const sum = (x: keyof Timing, y: keyof Timing): number =>
      timings.reduce((all, timing) => all + timing[x] * timing[y], 0)
    const [oo, om, mm] = [sum("operations", "operations"), sum("operations", "moved"), sum("moved", "moved")]
    const [ot, mt] = [sum("operations", "ms"), sum("moved", "ms")]
    const determinant = oo * mm - om * om
    const [perOperation, perByte] = [(ot * mm - mt * om) / determinant, (mt * oo - ot * om) / determinant]
    // Timings of one proportion cannot tell the two apart.
    if (determinant > 1e-9 * oo * mm && perOperation > 0 && perByte > 0)
      return { operations: 1 / perOperation, bytes: 1 / perByte }
    // Else the least squares lie where one of them takes no time: which explains more of the times?
    const [byOperations, byBytes] = [oo > 0 ? ot ** 2 / oo : 0, mm > 0 ? mt ** 2 / mm : 0]
    if (byOperations === 0 && byBytes === 0) return Speed.oneCore
    return byOperations >= byBytes ? { operations: oo / ot, bytes: Infinity } : { operations: Infinity, bytes: mm / mt }
  },

  // -------------------------------------------------------- destructors

  /** How long a piece of work takes, in milliseconds. */
  msOf: ({ operations, bytes }: Speed, work: Omit<Timing, "ms">): number =>
    work.operations / operations + work.moved / bytes,

  /** For a person: "31.0 billion operations and 4.2 GB a second". */
  toText: ({ operations, bytes }: Speed): string =>
    `${amount(operations / 1e6, "billion operations")} and ${amount((1e3 * bytes) / 2 ** 30, "GB")} a second`,
}

const amount = (much: number, unit: string): string => `${much === Infinity ? "any" : much.toFixed(1)} ${unit}`
