/**
 * A case of a law of kernels: one call, and how far its results may be from the right ones.
 */
import { dispatch } from "../../src/tensor/kernels/dispatch.ts"
import type { InputsOf, Kernel, Outputs } from "../../src/tensor/kernels/spec/Kernel.ts"
import { tf } from "../../src/tensor/tf.ts"

// ---------------------------------------------------------------- model

/**
 * How far results may be from the correct ones: in no bit, except that all NaNs are equal; relative to each value, or
 * to 1 if that is larger; or relative to the largest value of an output, or to 1.
 */
export type Distance = "bits" | { readonly ofEach: number } | { readonly ofLargest: number }

export interface Case {
  /** The name of the kernel. */
  readonly kernel: string
  /** What the case tests, in a few words. */
  readonly title: string
  readonly distance: Distance
  /** The distances for backends where it is larger. */
  readonly on: Readonly<Record<string, Distance>>
  /** Whether plain operations replace it if the backend has none. */
  readonly hasFallback: boolean
  /** Computes with the backend's implementation, if it has one for these attributes. */
  readonly own: () => readonly tf.Tensor[]
  /** Computes with plain operations, or for a kernel of TensorFlow.js with the current backend's stock kernel. */
  readonly plain: () => readonly tf.Tensor[]
  /** The outputs that are words of parities. */
  readonly planes: readonly number[]
  /** The message if it is refused. */
  readonly refused: RegExp | null
  /** How many of the last outputs of `plain` a backend may leave out. */
  readonly optional: number
}

/** One call of a custom kernel. `inputs` allocates them for each call, because a kernel may overwrite them. */
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
  /**
   * The tensors that a backend may return besides the outputs of the fallback, for a gradient: as many as `optional`
   * says.
   */
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
  /** The correct results, if the kernel of TensorFlow.js on cpu returns others. */
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
    // As its operation gives them.
    const run = () => all(tf.engine().runKernel(kernel, inputs(), { ...attributes } as tf.NamedAttrMap))
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
