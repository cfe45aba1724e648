/**
 * The options of `bijou setup blas` and `bijou setup tensorflow`, decoded from the command line.
 */
import * as t from "io-ts"
import { decodeOptions, optional } from "../decodeOptions.ts"
import { matching } from "../matching.ts"

// ---------------------------------------------------------------- model

const BlasOptions = t.readonly(
  t.strict({
    from: t.keyof({ auto: null, system: null, pypi: null }, "auto, system or pypi"),
    remove: t.boolean,
  }),
)

const TensorflowOptions = t.readonly(
  t.strict({
    version: optional(matching("a version such as 2.21.0", /^\d+\.\d+\.\d+$/)),
    gpu: t.boolean,
    remove: t.boolean,
  }),
)

export type BlasOptions = t.TypeOf<typeof BlasOptions>

export type TensorflowOptions = t.TypeOf<typeof TensorflowOptions>

// ---------------------------------------------------------- destructors

/** The options of `blas`, or one sentence about the first invalid option. */
export const decodeBlasOptions = (given: unknown) => decodeOptions(BlasOptions, given)

/** The options of `tensorflow`, or one sentence about the first invalid option. */
export const decodeTensorflowOptions = (given: unknown) => decodeOptions(TensorflowOptions, given)
