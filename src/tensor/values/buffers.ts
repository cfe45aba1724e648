/**
 * Counts the bytes of distinct data buffers. Clones and reshapes share a buffer and count once, unlike in
 * `tf.memory().numBytes`.
 */
import { engineState, type BufferInfo } from "../tf.ts"

// ---------------------------------------------------------------- model

/** The number of distinct buffers and their total bytes. */
export interface Buffers {
  readonly count: number
  readonly bytes: number
}

/** Callbacks for buffers that are allocated and freed. */
export interface BufferListener {
  readonly made: (id: object, bytes: number) => void
  readonly freed: (id: object, bytes: number) => void
}

// ---------------------------------------------------------- destructors

/** Returns the buffers that are alive now, among those made since this module was loaded. */
export const buffers = (): Buffers => ({ ...alive })

/** Runs `body` and returns its result and the peak of bytes alive while it ran, sampled at every allocation. */
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

/** Returns the bytes of each live buffer by its id, which is `tensor.dataId`. */
export const aliveBuffers = (): ReadonlyMap<object, number> => new Map(counted)

/** Runs `body`, which must be synchronous, and reports every buffer that it allocates or frees to `listener`. */
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

/**
 * Observes the engine's table of buffers, which gets an entry when a buffer is made and loses it when its last handle
 * is freed.
 */
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
