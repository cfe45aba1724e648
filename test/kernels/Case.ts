/**
 * A case of a law of kernels: one call, and how far its results may be from the right ones.
 */
import { dispatch } from "../../src/tensor/kernels/dispatch.ts"
import type { InputsOf, Kernel, Outputs } from "../../src/tensor/kernels/spec/Kernel.ts"
import { tf } from "../../src/tensor/tf.ts"

// ---------------------------------------------------------------- model

/**
 * How far results may be from the right ones: nowhere in any bit, except that one NaN is like another; relative to each value, or to 1 where
 * that is larger; or relative to the largest value of an output, or to 1.
 */
export type Distance = "bits" | { readonly ofEach: number } | { readonly ofLargest: number }

export interface Case {
  /** The name of the kernel. */
  readonly kernel: string
  /** What is tried, in a few words. */
  readonly title: string
  readonly distance: Distance
  /** Distances of backends where it is larger. */
  readonly on: Readonly<Record<string, Distance>>
  /** Whether plain operations take its place where the backend has none. */
  readonly hasFallback: boolean
  /** By the backend's implementation, if it has one for these attributes. */
  readonly own: () => readonly tf.Tensor[]
  /** By plain operations; of a kernel of TensorFlow.js by its own kernel of the backend in use. */
  readonly plain: () => readonly tf.Tensor[]
  /** The outputs that are words of parities. */
  readonly planes: readonly number[]
  /** What is said where it is refused. */
  readonly refused: RegExp | null
  /** How many of the last outputs of `plain` a backend may leave out. */
  readonly optional: number
}

/** One call of a custom kernel; `inputs` makes them anew, since a kernel may write over them. */
export interface Sample<I extends object, A extends object> {
  readonly title: string
  readonly inputs: () => InputsOf<I, tf.Tensor>
  readonly attributes: A
  readonly refused?: RegExp
}

interface Options<I extends object, A extends object> {
  readonly on?: Readonly<Record<string, Distance>>
  readonly planes?: readonly number[]
  /** The outputs as they are compared. */
  readonly results?: (outputs: readonly tf.Tensor[]) => readonly tf.Tensor[]
  /** What a backend may return beside the outputs of the fallback, for a gradient; so many tensors as `optional` says. */
  readonly more?: (inputs: InputsOf<I, tf.Tensor>, attributes: A) => readonly tf.Tensor[]
  readonly optional?: number
}

// --------------------------------------------------------- constructors

/** A custom kernel has the results of its fallback. */
export const law = <I extends object, A extends object, O extends Outputs>(
  kernel: Kernel<I, A, O>,
  distance: Distance,
  samples: readonly Sample<I, A>[],
  { on = {}, planes = [], results = (outputs) => outputs, more = () => [], optional = 0 }: Options<I, A> = {},
): readonly Case[] =>
  samples.map(({ title, inputs, attributes, refused = null }) => ({
    kernel: kernel.name,
    title,
    distance,
    on,
    hasFallback: true,
    own: () => results(all(dispatch<I, A, O>(kernel, inputs(), ...([attributes] as never)))), // never left out here
    plain: () => [...results(all(kernel.composed(inputs(), attributes))), ...more(inputs(), attributes)],
    optional,
    planes,
    refused,
  }))

/** One call of a kernel of TensorFlow.js. */
export interface StockSample {
  readonly title: string
  readonly inputs: () => tf.NamedTensorMap
  readonly attributes?: object
  /** The right results, where TensorFlow.js's own kernel on cpu has others. */
  readonly right?: () => readonly tf.Tensor[]
}

/** A kernel of TensorFlow.js has the results of its cpu backend. */
export const stockLaw = (
  kernel: string,
  distance: Distance,
  samples: readonly StockSample[],
  on: Readonly<Record<string, Distance>> = {},
): readonly Case[] =>
  samples.map(({ title, inputs, attributes = {}, right }) => {
    const run = () => all(tf.engine().runKernel(kernel, inputs(), { ...attributes } as tf.NamedAttrMap)) // as its operation gives them
    return {
      ...{
        kernel,
        title,
        distance,
        on,
        hasFallback: false,
        own: run,
        plain: right ?? run,
        planes: [],
        refused: null,
        optional: 0,
      },
    }
  })

/** Outputs are tensors, of which a contract may leave some out. */
const all = (outputs: unknown): readonly tf.Tensor[] =>
  ([outputs].flat() as readonly (tf.Tensor | undefined)[]).filter((x) => x !== undefined)
