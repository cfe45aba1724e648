/** Rounding and the BDIA steps, each in one pass of the library. */
import { cotangent } from "../spec/cotangent.ts"
import { drift } from "../spec/drift.ts"
import { inverse } from "../spec/inverse.ts"
import { quantize } from "../spec/quantize.ts"
import type { PerSample } from "../spec/samples.ts"
import { times } from "../spec/times.ts"
import { update } from "../spec/update.ts"
import { float } from "./float.ts"
import { oneZero, perSample, rounded, table, toGrid } from "./grid.ts"
import { attribute, onTensorflow, type TensorflowKernel } from "./operations.ts"
import { packed, parities, unpacked } from "./plane.ts"

export const stepKernels: readonly TensorflowKernel[] = [
  onTensorflow(quantize, {
    library: ({ give, inputs, run }, { scale }) => give(run("BijouQuantize", inputs("x"), scaled(scale))),
    stock: (operations, { scale, step }) => {
      const { mul, number } = float(operations)
      const x = mul(operations.input("x"), number(scale))
      return operations.give(oneZero(operations, toGrid(operations, x, step)))
    },
  }),
  onTensorflow(times, {
    library: ({ floats, give, input, run }, { factor }) => give(run("BijouTimes", [input("x"), floats(factor)])),
    stock: (operations, { factor }) => {
      const x = operations.input("x")
      return operations.give(float(operations).mul(x, perSample(operations, factor, x)))
    },
  }),
  onTensorflow(drift, {
    library: (operations, { own, change, step }) => {
      const { give, inputs, run } = operations
      const coefficients = table(operations, own, change)
      return give(run("BijouDrift", [...inputs("x", "h"), coefficients], scaled(1 / step)))
    },
    stock: (operations, attributes) => {
      const { give, input } = operations
      return give(oneZero(operations, rounded(operations, input("x"), input("h"), attributes)))
    },
  }),
  onTensorflow(update, {
    library: (operations, { gamma, own, change, scale }) => {
      const { giveAll, inputs, runForAll } = operations
      const coefficients = table(operations, own, change, gamma)
      return giveAll(runForAll("BijouUpdate", [...inputs("previous", "x", "h"), coefficients], 2, scaled(scale)))
    },
    stock: (operations, attributes) => {
      const { giveAll, hold, input, letGo } = operations
      const { add, mul, number, toFloat } = float(operations)
      const { gamma, scale, step } = attributes
      const previous = input("previous")
      const parity = hold(parities(operations, previous, scale))
      const words = packed(operations, parity)
      const lifted = add(previous, mul(toFloat(letGo(parity)), number(step)))
      const q = oneZero(operations, rounded(operations, input("x"), input("h"), attributes))
      return giveAll([add(mul(lifted, perSample(operations, gamma, previous)), q), words])
    },
  }),
  onTensorflow(inverse, {
    library: (operations, { gamma, own, change, scale }) => {
      const { give, inputs, run } = operations
      const coefficients = table(operations, own, change, over(gamma))
      return give(run("BijouInverse", [...inputs("x", "next", "h", "words"), coefficients], scaled(scale)))
    },
    stock: (operations, attributes) => {
      const { give, input } = operations
      const { mul, sub } = float(operations)
      const { gamma, step } = attributes
      const x = input("x")
      // q may have zeros of either sign, since the last addition makes every zero +0.
      const q = rounded(operations, x, input("h"), attributes)
      const lifted = mul(sub(input("next"), q), perSample(operations, over(gamma), x))
      return give(oneZero(operations, sub(lifted, unpacked(operations, input("words"), x.shape, step))))
    },
  }),
  onTensorflow(cotangent, {
    library: (operations, { gamma }) => {
      const { giveAll, inputs, runForAll } = operations
      const coefficients = table(operations, gamma, rest(gamma))
      return giveAll(runForAll("BijouCotangent", [...inputs("dx", "dn", "jx"), coefficients], 2))
    },
    stock: (operations, { gamma }) => {
      const { giveAll, input } = operations
      const { addAll, mul } = float(operations)
      const dn = input("dn")
      const straight = mul(dn, perSample(operations, rest(gamma), dn))
      const previous = mul(dn, perSample(operations, gamma, dn))
      return giveAll([previous, addAll([input("dx"), straight, input("jx")])])
    },
  }),
]

/** Returns 2^l as an attribute of the library's operations. */
const scaled = (scale: number) => [attribute.float("scale", scale)]

/** Returns 1 / g. */
const over = (gamma: PerSample): PerSample => gamma.map((g) => 1 / g)

/** Returns 1 - g. */
const rest = (gamma: PerSample): PerSample => gamma.map((g) => 1 - g)
