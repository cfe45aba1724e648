/**
 * Gradients against central differences, and which of them were tried.
 */
import fc from "fast-check"
import { tf } from "bijou/tensor"
import { afterAll, expect, it } from "vitest"
import { quietly, record } from "../../src/tensor/ops/recording.ts"
import { trials, type Trial } from "./derivatives.cases.ts"
import { noise } from "../support/specimens.ts"

// ----------------------------------------------------------- combinators

/**
 * Gradients that no code reaches: `tf.broadcastTo` is a tile, `tf.logSoftmax` has a custom one, indices have none, and
 * neither do operations that make complex numbers.
 */
const unreachable = ["BroadcastTo", "ComplexAbs", "LogSoftmax", "OneHot"]

/** Checks every gradient on the current backend, and reports those that were not checked. */
export const derivativeTests = (numRuns: number): void => {
  const tried = triedGradients()
  afterAll(tried.stop)

  for (const [name, trial] of Object.entries(trials))
    it(`is the derivative of ${name}`, () => {
      fc.assert(
        fc.property(trial, (one) => {
          expect(slopeFault(one)).toBeNull()
        }),
        { seed: 14, numRuns },
      )
    })

  it("is checked for every operation that has one", () => {
    const missing = tried.registered.filter((name) => !tried.called.has(name) && !unreachable.includes(name))
    expect(missing).toEqual([])
  })

  it("is 0 where divNoNan divides by 0, and that of a division elsewhere", () => {
    const at = (...xs: tf.Tensor[]) => {
      const { value, pull } = record(() => xs.reduce((a, b) => tf.divNoNan(a, b)), xs)
      return pull(tf.onesLike(value)).map((grad) => Array.from(grad.dataSync(), (n) => n + 0)) // one zero
    }
    expect(at(tf.tensor1d([1, 6, 0, -2]), tf.tensor1d([0, 2, 0, 1]))).toEqual([
      [0, 0.5, 0, 1],
      [0, -1.5, 0, 2],
    ])
    expect(at(tf.ones([3]), tf.scalar(0))).toEqual([[0, 0, 0], [0]])
    const second = tf.grad(tf.grad((x) => tf.div(1, x)))
    expect([...second(tf.tensor1d([1, -2])).dataSync()]).toEqual([2, -0.25])
  })
}

// ---------------------------------------------------------- destructors

/** What TensorFlow.js or a backend refuses, each in a sentence that names what is missing. */
const refusals = /not yet supported|not registered|supports only 'valid' and 'same' padding|does not support dilations/

const step = 2 ** -8

/** Returns the gradients of a trial for a cotangent, inside a tidy, or null if it is refused. */
export const gradientsOf = ({ shapes, f }: Trial) => {
  const inputs = shapes.map(valuesOf)
  try {
    const { value, pull } = record(() => f(...inputs), inputs)
    const dy = noise(value.shape, 3)
    return { inputs, dy, grads: pull(dy.clone()) }
  } catch (error) {
    if (refusals.test(String(error))) return null
    throw error
  }
}

/** Returns what is wrong with the gradients of a trial, or null if they are its slopes, within 0.004, or refused. */
const slopeFault = (trial: Trial): string | null => {
  const { shapes, f, about } = trial
  let fault: string | null = null
  tf.tidy(() => {
    const found = gradientsOf(trial)
    if (found === null) return
    const { inputs, dy, grads } = found
    const weights = dy.dataSync()
    for (const [i, input] of inputs.entries()) {
      const grad = grads[i]
      const given = input.dataSync()
      const at = (place: number, by: number): number => {
        const moved = given.slice()
        moved[place] = (moved[place] ?? 0) + by
        const there = inputs.map((x, j) => (j === i ? tf.tensor(moved, [...input.shape]) : x))
        const values = quietly(() => f(...there)).dataSync()
        return Array.from(values).reduce((sum, y, j) => sum + y * (weights[j] ?? 0), 0)
      }
      if (grad?.dtype !== "float32" || String(grad.shape) !== String(input.shape))
        fault ??= `${JSON.stringify([shapes, about])}: gradient ${i} is ${grad?.dtype} [${grad?.shape.join(", ")}]`
      for (const [place, found] of (grad?.dataSync() ?? []).entries()) {
        const slope = (at(place, step) - at(place, -step)) / (2 * step)
        if (!(Math.abs(found - slope) <= 4e-3 * Math.max(1, Math.abs(slope))))
          fault ??= `${JSON.stringify([shapes, about])}: gradient ${i} at ${place} is ${found}, the slope ${slope}`
      }
    }
  })
  return fault
}

/** No ties and no kinks within a step: odd multiples of 1/64 in (-3, 3), the first 191 of them distinct. */
const valuesOf = (shape: ReadonlyArray<number>, seed: number): tf.Tensor => {
  const size = shape.reduce((n, d) => n * d, 1)
  const values = Float32Array.from({ length: size }, (_, i) => (2 * (((i + 1 + seed * 29) * 37) % 191) - 191) / 64)
  return tf.tensor(values, [...shape])
}

/** All gradients that are registered, and those that were called until `stop`. */
const triedGradients = () => {
  const called = new Set<string>()
  const configs = Object.values(tf as unknown as Readonly<Record<string, unknown>>) // kernels' names are exports
    .flatMap((name) => (typeof name === "string" ? [tf.getGradient(name)] : []))
    .filter((config) => config !== undefined)
  for (const { gradFunc, ...rest } of configs)
    tf.registerGradient({
      ...rest,
      gradFunc: (...call) => {
        called.add(rest.kernelName)
        return gradFunc(...call)
      },
    })
  return {
    registered: [...new Set(configs.map(({ kernelName }) => kernelName))],
    called,
    stop: () => {
      for (const config of configs) tf.registerGradient(config)
    },
  }
}
