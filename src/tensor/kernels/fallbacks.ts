/**
 * Fallbacks: kernels that a backend answers in plain JavaScript, because it has no code of its own for them. They give right values, slowly.
 */
import type { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** What a program learns of its fallbacks. */
export interface FallbackWatch {
  /** Milliseconds since any fixed time: `() => performance.now()`. */
  readonly now: () => number
  /** Is given one sentence, once: `console.warn`. Where it is left out, nothing is said. */
  readonly warn: (sentence: string) => void
}

// --------------------------------------------------------- constructors

/** The kernel as a fallback: `fallbacksOf` lists it, and `watchFallbacks` times it. */
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
 * Times the fallbacks of this thread from now on. Call what it returns after every step: it warns when more than half of a step's time was spent in
 * fallbacks, once, and names them.
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

/** Whether a kernel, as `fallback` made it, is one. */
export const isFallback = (kernel: tf.KernelConfig): boolean => fallbacks.has(kernel)

const fallbacks = new Set<tf.KernelConfig>()

const spent = new Map<string, number>()

let clock: (() => number) | null = null
