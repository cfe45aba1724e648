/**
 * GELU in lanes, alone and after a bias. The erf form is within 3e-7 |x| of the true value, and its derivative within
 * 1e-6; the tanh form is within 4e-7 (1 + |x|) and 2e-6.
 */
import { biasGelu, biasGeluGrad } from "../spec/biasGelu.ts"
import { CUBIC, gelu, geluGrad, SLOPE, type GeluForm } from "../spec/gelu.ts"
import type { Code, V128 } from "./assembler/Code.ts"
import { compile } from "./assembler/Routine.ts"
import { elementwise } from "./elementwise.ts"
import { onHeap } from "./Heap.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { clamp, cumulative, power, REACH } from "./normal.ts"
import { columnSums } from "./rows.ts"

// ---------------------------------------------------------------- model

/** One form of GELU in lanes. */
interface Lanewise {
  readonly value: (code: Code, x: V128) => V128
  readonly valueAndSlope: (code: Code, x: V128) => readonly [value: V128, slope: V128]
}

/** Makes a value for each form. */
const forEachForm = <X>(make: (form: Lanewise) => X): Readonly<Record<GeluForm, X>> => ({
  erf: make({ value: byErf, valueAndSlope: byErfAndSlope }),
  tanh: make({ value: byTanh, valueAndSlope: byTanhAndSlope }),
})

// --------------------------------------------------------- constructors

/** Computes x Phi(x). */
const byErf = (code: Code, x: V128): V128 => code.mul(x, cumulative(code, clamp(code, x, REACH)))

/** Computes x Phi(x) and its derivative Phi(x) + x phi(x). Where z is not x, phi(x) is below 2e-7. */
const byErfAndSlope = (code: Code, x: V128): readonly [gelu: V128, slope: V128] => {
  const { add, constant, mul } = code
  const z = clamp(code, x, REACH)
  const share = cumulative(code, z)
  const density = mul(power(code, mul(mul(x, x), constant(-0.5 * Math.LOG2E))), constant(1 / Math.sqrt(2 * Math.PI)))
  return [mul(x, share), add(share, mul(z, density))]
}

/** Computes x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3), within 4e-7 (1 + |x|) of the true value. */
const byTanh = (code: Code, x: V128): V128 => code.mul(x, sharesOf(code, x).share)

/** Computes the same and its derivative s + 2 x s (1 - s) u', where s = (1 + tanh u) / 2, within 2e-6. */
const byTanhAndSlope = (code: Code, x: V128): readonly [gelu: V128, slope: V128] => {
  const { add, constant, mul } = code
  const { share, spread, near, square } = sharesOf(code, x)
  const steepness = add(mul(square, constant(6 * SLOPE * CUBIC)), constant(2 * SLOPE))
  return [mul(x, share), add(share, mul(mul(near, spread), steepness))]
}

/**
 * Computes s = (1 + tanh u) / 2 = 1 / (1 + exp(-2 u)) and s (1 - s) = e / (1 + e)^2, where e = exp(-2 |u|); for u < 0,
 * s is e / (1 + e). No digits are lost on either side. For |x| > 14, s is 0 or 1, so x is clamped there and no power of
 * it overflows.
 */
const sharesOf = (code: Code, x: V128) => {
  const { abs, add, and, andnot, constant, div, gt, mul } = code
  const near = clamp(code, x, 14)
  const square = mul(near, near)
  const u = mul(near, add(mul(square, constant(SLOPE * CUBIC)), constant(SLOPE)))
  const e = power(code, mul(abs(u), constant(-2 * Math.LOG2E)))
  const inverse = div(constant(1), add(e, constant(1)))
  const negative = gt(constant(0), u)
  const upper = add(and(e, negative), andnot(constant(1), negative))
  return { near, square, share: mul(upper, inverse), spread: mul(mul(e, inverse), inverse) }
}

// ------------------------------------------------------------ instances

const values = forEachForm(({ value }) =>
  elementwise(gelu, {
    tensors: ["x"],
    names: [],
    numbers: () => [],
    outputs: 1,
    body: (code, { x }) => [value(code, x)],
  }),
)

const slopes = forEachForm(({ valueAndSlope }) =>
  elementwise(geluGrad, {
    tensors: ["x", "dy"],
    names: [],
    numbers: () => [],
    outputs: 1,
    body: (code, { x, dy }) => [code.mul(dy, valueAndSlope(code, x)[1])],
  }),
)

export const bijouGelu = onHeap(gelu, (heap, inputs, attributes) => values[attributes.form](heap, inputs, attributes))

export const bijouGeluGrad = onHeap(geluGrad, (heap, inputs, attributes) =>
  slopes[attributes.form](heap, inputs, attributes),
)

const activate = forEachForm(({ value }) =>
  compile({
    integers: ["rows", "width", "x", "bias", "out"],
    numbers: [],
    body: (code, { rows, width, bias, ...first }) => {
      const { add, advance, along, counter, i32, repeat } = code
      const [x, out] = [counter(first.x), counter(first.out)]
      const stride = i32.mul(width, 4)
      repeat(rows, () => {
        along(width, (part) => {
          const a = add(part.load(x), part.load(bias))
          part.store(x, a)
          part.store(out, value(code, a))
        })
        advance(x, stride)
        advance(out, stride)
      })
    },
  }),
)

/** Adds the bias and applies GELU. a overwrites x. */
export const bijouBiasGelu = onHeap(biasGelu, (heap, { x, bias }, { form }) => {
  const out = heap.output(x.shape, "float32")
  heap.touch(x)
  heap.touch(bias)
  const [rows, width] = rowsOf(x.shape)
  activate[form](heap.backend, { rows, width, x: heap.place(x), bias: heap.place(bias), out: heap.place(out) })
  return [heap.same(x), out] as const
})

const differentiate = forEachForm(({ valueAndSlope }) =>
  compile({
    integers: ["rows", "width", "x", "dy", "total", "chunk"],
    numbers: [],
    body: (code, { rows, width, total, chunk, ...first }) => {
      const { add, advance, along, counter, i32, mul } = code
      const [x, dy] = [counter(first.x), counter(first.dy)]
      const stride = i32.mul(width, 4)
      columnSums(code, { rows, count: width, chunk, total }, () => {
        along(width, (part) => {
          const [activated, slope] = valueAndSlope(code, part.load(x))
          const dx = mul(part.load(dy), slope)
          part.store(x, activated)
          part.store(dy, dx)
          part.store(chunk, add(part.load(chunk), dx))
        })
        advance(x, stride)
        advance(dy, stride)
      })
    },
  }),
)

/** Computes the gradient. dx overwrites dy, and gelu(a) overwrites a. */
export const bijouBiasGeluGrad = onHeap(biasGeluGrad, (heap, { a, dy }, { form }) => {
  const [rows, width] = rowsOf(a.shape)
  const dbias = heap.output([width], "float32")
  return heap.scratch(width, (chunk) => {
    heap.touch(a)
    heap.touch(dy)
    const places = { x: heap.place(a), dy: heap.place(dy), total: heap.place(dbias), chunk }
    differentiate[form](heap.backend, { rows, width, ...places })
    return [heap.same(dy), dbias, heap.same(a)]
  })
})
