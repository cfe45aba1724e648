/**
 * Gradients against central differences, and which of them were tried.
 */
import { tf } from "bijou/tensor"
import { quietly, record } from "../src/tensor/recording.ts"
import type { Trial } from "./derivatives.cases.ts"
import { noise } from "./specimens.ts"

/** What TensorFlow.js or a backend refuses, each in a sentence that says what is missing. */
const refusals = /not yet supported|not registered/

const step = 2 ** -8

/** What is wrong with the gradients of a trial; null where they are its slopes, within 0.004, or refused. */
export const slopeFault = ({ shapes, f, about }: Trial): string | null => {
  let fault: string | null = null
  tf.tidy(() => {
    const inputs = shapes.map(valuesOf)
    const { value, pull } = record(() => f(...inputs), inputs)
    const dy = noise(value.shape, 3)
    const weights = dy.dataSync()
    let grads: ReadonlyArray<tf.Tensor>
    try {
      grads = pull(dy)
    } catch (error) {
      if (!refusals.test(String(error))) fault = `${JSON.stringify([shapes, about])} failed: ${String(error)}`
      return
    }
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
export const triedGradients = () => {
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
