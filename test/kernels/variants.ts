/**
 * What a law must test of a kernel: every attribute that it branches on, and sizes without elements, of one element,
 * and with odd remainders.
 */
import { sizeOf } from "../../src/exact/frame.ts"
import { attention, attentionGrad } from "../../src/tensor/kernels/spec/attention.ts"
import { biasGelu, biasGeluGrad } from "../../src/tensor/kernels/spec/biasGelu.ts"
import { crossEntropy, crossEntropyGrad } from "../../src/tensor/kernels/spec/crossEntropy.ts"
import { gelu, geluGrad } from "../../src/tensor/kernels/spec/gelu.ts"
import { mlp, mlpGrad } from "../../src/tensor/kernels/spec/mlp.ts"
import { multiply } from "../../src/tensor/kernels/spec/multiply.ts"
import type { tf } from "../../src/tensor/tf.ts"

// ---------------------------------------------------------------- model

interface Variant {
  readonly key: string
  readonly attributes: object
}

// ------------------------------------------------------------ instances

const forms: readonly Variant[] = (["erf", "tanh"] as const).map((form) => ({
  key: ` form=${form}`,
  attributes: { form },
}))

const reaches: readonly Variant[] = [false, true].flatMap((causal) =>
  ["all", "seen"].map((tokens) => ({ key: ` causal=${causal} of ${tokens}`, attributes: { causal } })),
)

const sides: readonly Variant[] = [false, true].map((transposed) => ({
  key: ` transposed=${transposed}`,
  attributes: { transposed },
}))

const variants: ReadonlyMap<string, readonly Variant[]> = new Map([
  ...[gelu, geluGrad, biasGelu, biasGeluGrad, mlp, mlpGrad].map(({ name }) => [name, forms] as const),
  ...[attention, attentionGrad].map(({ name }) => [name, reaches] as const),
  [multiply.name, sides] as const,
])

/** Kernels that refuse empty inputs, because there is no row for the mean loss. */
export const withoutEmpty: ReadonlySet<string> = new Set([crossEntropy, crossEntropyGrad].map(({ name }) => name))

// ---------------------------------------------------------- destructors

/** All variants of a kernel. */
export const variantsOf = (name: string): readonly Variant[] => variants.get(name) ?? [{ key: "", attributes: {} }]

/** The variant that a call is of. */
export const variantOf = (name: string, inputs: tf.NamedTensorInfoMap, attributes: object): string => {
  const known = variants.get(name)
  if (known === undefined) return ""
  const [first] = Object.keys(known[0]?.attributes ?? {})
  const value = Object.entries(attributes).find(([key]) => key === first)?.[1] as unknown // compared as text
  const tokens = known === reaches ? ` of ${inputs["seen"] === undefined ? "all" : "seen"}` : ""
  return ` ${first}=${String(value)}${tokens}`
}

/** The sizes to test that a call has. */
export const sizesOf = (inputs: tf.NamedTensorInfoMap, outputs: readonly tf.TensorInfo[]): readonly string[] => {
  const [given, made] = [Object.values(inputs), outputs].map((infos) =>
    infos.filter((info) => info !== undefined && info !== null).map(({ shape }) => sizeOf(shape)),
  ) as [number[], number[]]
  return [
    ...(given.includes(0) || made.includes(0) ? ["empty"] : []),
    ...(made.every((size) => size <= 1) && given.every((size) => size <= 3) ? ["one"] : []),
    ...(given.some((size) => size > 4 && size % 4 !== 0) ? ["odd"] : []),
  ]
}
