/**
 * The speed of a machine: the two numbers from which times are estimated.
 *
 *     ms = operations / speed.operations + moved / speed.bytes
 */

// ---------------------------------------------------------------- model

/** Operations of matrix products, and bytes moved, per millisecond. Infinite for the one whose time is negligible. */
export interface Speed {
  readonly operations: number
  readonly bytes: number
}

/** A piece of work, and how long it took. */
export interface Timing {
  readonly operations: number
  readonly moved: number
  readonly ms: number
}

/** Makes speeds and estimates times from them. */
export const Speed = {
  // -------------------------------------------------------- constructors

  /** One core of a desktop, with the kernels of the wasm backend. */
  oneCore: { operations: 3e7, bytes: 4e6 } satisfies Speed as Speed,

  /**
   * Fits the speed to timings by least squares, with neither number negative. Returns `oneCore` if the timings say
   * nothing.
   */
  fromTimings: (timings: ReadonlyArray<Timing>): Speed => {
    const sum = (x: keyof Timing, y: keyof Timing): number =>
      timings.reduce((all, timing) => all + timing[x] * timing[y], 0)
    const [oo, om, mm] = [sum("operations", "operations"), sum("operations", "moved"), sum("moved", "moved")]
    const [ot, mt] = [sum("operations", "ms"), sum("moved", "ms")]
    const determinant = oo * mm - om * om
    const [perOperation, perByte] = [(ot * mm - mt * om) / determinant, (mt * oo - ot * om) / determinant]
    // Timings with the same ratio of operations to bytes cannot separate the two.
    if (determinant > 1e-9 * oo * mm && perOperation > 0 && perByte > 0)
      return { operations: 1 / perOperation, bytes: 1 / perByte }
    // Otherwise one of them takes no time at the optimum: the one that explains less of the times.
    const [byOperations, byBytes] = [oo > 0 ? ot ** 2 / oo : 0, mm > 0 ? mt ** 2 / mm : 0]
    if (byOperations === 0 && byBytes === 0) return Speed.oneCore
    return byOperations >= byBytes ? { operations: oo / ot, bytes: Infinity } : { operations: Infinity, bytes: mm / mt }
  },

  // -------------------------------------------------------- destructors

  /** Returns how long a piece of work takes, in milliseconds. */
  msOf: ({ operations, bytes }: Speed, work: Omit<Timing, "ms">): number =>
    work.operations / operations + work.moved / bytes,

  /** Formats the speed for people: "31.0 billion operations and 4.2 GB per second". */
  toText: ({ operations, bytes }: Speed): string =>
    `${amount(operations / 1e6, "billion operations")} and ${amount((1e3 * bytes) / 2 ** 30, "GB")} per second`,
}

const amount = (much: number, unit: string): string => `${much === Infinity ? "any" : much.toFixed(1)} ${unit}`
