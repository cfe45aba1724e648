/**
 * Fallbacks are kernels that a backend runs in plain JavaScript because it has no native code for them. Their results
 * are correct, but they are slow.
 */
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** Options of `watchFallbacks`. */
export interface FallbackWatch {
  /** Returns milliseconds since any fixed time, as `() => performance.now()` does. */
  readonly now: () => number
  /** Receives the warning, at most once, as `console.warn` does. */
  readonly warn: (sentence: string) => void
}

// --------------------------------------------------------- constructors

/** Marks a kernel as a fallback: `fallbacksOf` lists it and `watchFallbacks` times it. */
export const fallback = (kernel: tf.KernelConfig): tf.KernelConfig => {
  const timed: tf.KernelConfig = {
    ...kernel,
    kernelFunc: (call) => {
      if (clock === null) return kernel.kernelFunc(call)
      const start = clock()
      try {
        return kernel.kernelFunc(call)
      } finally {
        spent.set(kernel.kernelName, (spent.get(kernel.kernelName) ?? 0) + clock() - start)
      }
    },
  }
  fallbacks.add(timed)
  return timed
}

/**
 * Times the fallbacks of this thread from now on and returns a function to call after every step. That function warns
 * once, naming the fallbacks, when more than half of a step's time was spent in them.
 */
export const watchFallbacks = ({ now, warn }: FallbackWatch): (() => void) => {
  clock = now
  spent.clear()
  let start = now()
  return () => {
    const end = now()
    const total = [...spent.values()].reduce((sum, ms) => sum + ms, 0)
    if (2 * total > end - start) {
      const names = [...spent].toSorted(([, a], [, b]) => b - a).map(([name]) => name)
      warn(
        `${Math.round(total)} of the step's ${Math.round(end - start)} ms were spent in plain JavaScript, in ${names.join(", ")}: ` +
          "this backend has no faster kernel for it. Use another backend (npx bijou doctor lists what each one lacks), or another operation.",
      )
      clock = null
    }
    spent.clear()
    start = end
  }
}

// ---------------------------------------------------------- destructors

/** Returns whether a kernel was marked by `fallback`. */
export const isFallback = (kernel: tf.KernelConfig): boolean => fallbacks.has(kernel)

const fallbacks = new Set<tf.KernelConfig>()

const spent = new Map<string, number>()

let clock: (() => number) | null = null
