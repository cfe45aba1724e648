/** All cases of kernels: custom ones, and those of TensorFlow.js that a backend replaces. */
import { ownKernels } from "../../src/tensor/kernels/kernels.ts"
import { UNARY } from "../../src/tensor/kernels/tensorflow/stock/elementwise.ts"
import { KERNELS } from "../../src/tensor/kernels/spec/kernels.ts"
import type { Case } from "./Case.ts"
import { convolutionCases } from "./convolutionCases.ts"
import { elementwiseCases } from "./elementwiseCases.ts"
import { exactCases } from "./exactCases.ts"
import { floatCases } from "./floatCases.ts"
import { movingCases } from "./movingCases.ts"
import { productCases } from "./productCases.ts"

export const cases: readonly Case[] = [
  ...exactCases,
  ...floatCases,
  ...elementwiseCases,
  ...movingCases,
  ...productCases,
  ...convolutionCases,
]

/**
 * The cases of custom kernels, which every backend supports in some way, and of the kernels that a backend replaces.
 *
 * TensorFlow has most elementwise functions for floats only, and TensorFlow.js's operations refuse other types. wasm
 * multiplies matrices of floats only, and says so. On WebGPU, whose driver compiles a program for each shape of
 * TensorFlow.js's own products, custom kernels without an implementation are tested on every fourth sample.
 */
export const casesOf = (backend: string): readonly Case[] => {
  const own = new Set(ownKernels(backend))
  return cases
    .filter(({ kernel }) => KERNELS.has(kernel) || own.has(kernel))
    .filter(({ kernel, title }) => backend !== "tensorflow" || !UNARY.includes(kernel) || title === "of float32")
    .filter(({ title }) => backend !== "wasm" || !title.startsWith("of integers"))
    .filter(({ kernel }, i) => backend !== "webgpu" || own.has(kernel) || i % 4 === 0)
}
