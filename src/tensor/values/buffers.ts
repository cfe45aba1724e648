/**
 * Bytes of distinct data buffers: clones and reshapes share theirs and count once, unlike in `tf.memory().numBytes`.
 */
import { engineState, type BufferInfo } from "../tf.ts"

// ---------------------------------------------------------------- model

/** A count of distinct buffers and their bytes. */
export interface Buffers {
  readonly count: number
  readonly bytes: number
}

/** Who is told of buffers. */
export interface BufferListener {
  readonly made: (id: object, bytes: number) => void
  readonly freed: (id: object, bytes: number) => void
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

/** The buffers that are alive now with their bytes, by the id that `tensor.dataId` has. */
export const aliveBuffers = (): ReadonlyMap<object, number> => new Map(counted)

/** Runs `body`, which must not wait, and tells `listener` of every buffer that comes and goes. */
export const listenToBuffers = <A>(listener: BufferListener, body: () => A): A => {
  listeners.add(listener)
  try {
    return body()
  } finally {
    listeners.delete(listener)
  }
}

const alive = { count: 0, bytes: 0 }
let peak = 0
const counted = new Map<object, number>()
const listeners = new Set<BufferListener>()

/** The engine enters every buffer into its table when it is made and deletes it when its last handle goes. */
const observe = (): void => {
  const state = engineState()
  const table = state.tensorInfo
  state.tensorInfo = Object.assign(Object.create(table) as typeof table, {
    get: (id: object) => table.get(id),
    has: (id: object) => table.has(id),
    set: (id: object, info: BufferInfo) => {
      counted.set(id, info.bytes)
      alive.count++
      alive.bytes += info.bytes
      peak = Math.max(peak, alive.bytes)
      table.set(id, info)
      for (const listener of listeners) listener.made(id, info.bytes)
      return state.tensorInfo
    },
    delete: (id: object) => {
      const bytes = counted.get(id)
      if (bytes !== undefined) {
        counted.delete(id)
        alive.count--
        alive.bytes -= bytes
        for (const listener of listeners) listener.freed(id, bytes)
      }
      return table.delete(id)
    },
  })
}

observe()
