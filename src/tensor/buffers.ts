/**
 * Bytes of distinct data buffers: clones and reshapes share theirs and count once, unlike in `tf.memory().numBytes`.
 */
import { engineState } from "./tf.ts"

// ---------------------------------------------------------------- model

/** A count of distinct buffers and their bytes. */
export interface Buffers {
  readonly count: number
  readonly bytes: number
}

// ---------------------------------------------------------- destructors

/** The buffers that are alive now, of those made since this module was loaded. */
export const buffers = (): Buffers => ({ ...alive })

/** Runs `body` and tells the largest number of bytes that were alive at once while it ran, sampled at every allocation. */
export const peakBytes = async <A>(body: () => Promise<A>): Promise<{ readonly result: A; readonly peak: number }> => {
  const before = peak
  peak = alive.bytes
  try {
    const result = await body()
    return { result, peak }
  } finally {
    peak = Math.max(before, peak)
  }
}

const alive = { count: 0, bytes: 0 }
let peak = 0

/** The engine enters every buffer into its table when it is made and deletes it when its last handle goes. */
const observe = (): void => {
  const state = engineState()
  const table = state.tensorInfo
  const counted = new WeakMap<object, number>()
  state.tensorInfo = Object.assign(Object.create(table) as typeof table, {
    get: (id: object) => table.get(id),
    has: (id: object) => table.has(id),
    set: (id: object, info: { readonly bytes: number }) => {
      counted.set(id, info.bytes)
      alive.count++
      alive.bytes += info.bytes
      peak = Math.max(peak, alive.bytes)
      table.set(id, info)
      return state.tensorInfo
    },
    delete: (id: object) => {
      const bytes = counted.get(id)
      if (bytes !== undefined) {
        counted.delete(id)
        alive.count--
        alive.bytes -= bytes
      }
      return table.delete(id)
    },
  })
}

observe()
