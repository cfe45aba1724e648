/** All custom kernels, for code that finds a kernel by its name: shapes, empty tensors and the documentation. */
import { adamW } from "./adamW.ts"
import { addBias, biasGrad } from "./addBias.ts"
import { addTo } from "./addTo.ts"
import { affine } from "./affine.ts"
import { attention, attentionGrad } from "./attention.ts"
import { biasGelu, biasGeluGrad } from "./biasGelu.ts"
import { cotangent } from "./cotangent.ts"
import { crossEntropy, crossEntropyGrad } from "./crossEntropy.ts"
import { differ } from "./differ.ts"
import { drift } from "./drift.ts"
import { dropout } from "./dropout.ts"
import { gelu, geluGrad } from "./gelu.ts"
import { inverse } from "./inverse.ts"
import type { Kernel, Outputs } from "./Kernel.ts"
import { largest } from "./largest.ts"
import { layerNorm, layerNormGrad } from "./layerNorm.ts"
import { mlp, mlpGrad } from "./mlp.ts"
import { multiply, weightGrad } from "./multiply.ts"
import type { Outcome, Target } from "./Outcome.ts"
import { pack } from "./pack.ts"
import { quantize } from "./quantize.ts"
import { shift } from "./shift.ts"
import { times } from "./times.ts"
import { unpack } from "./unpack.ts"
import { update } from "./update.ts"

// ---------------------------------------------------------------- model

/** A custom kernel, typed for callers that know only its name. */
export interface Named {
  readonly name: string
  readonly check: (inputs: object, attributes: object) => void
  readonly outcome: (inputs: object, attributes: object, target: Target) => Outcome
}

// --------------------------------------------------------- constructors

const named = <I extends object, A extends object, O extends Outputs>({
  name,
  layer,
  check,
  outcome,
}: Kernel<I, A, O>): Named => ({
  name,
  // A kernel of this name is called as its contract says, or `check` rejects the call.
  check: (inputs, attributes) => check({ layer, inputs: inputs as I, attributes: attributes as A }),
  outcome: (inputs, attributes, target) => outcome(inputs as I, attributes as A, target),
})

// ------------------------------------------------------------ instances

export const KERNELS: ReadonlyMap<string, Named> = new Map(
  [
    named(adamW),
    named(addBias),
    named(addTo),
    named(affine),
    named(attention),
    named(attentionGrad),
    named(biasGelu),
    named(biasGeluGrad),
    named(biasGrad),
    named(cotangent),
    named(crossEntropy),
    named(crossEntropyGrad),
    named(differ),
    named(drift),
    named(dropout),
    named(gelu),
    named(geluGrad),
    named(inverse),
    named(largest),
    named(layerNorm),
    named(layerNormGrad),
    named(mlp),
    named(mlpGrad),
    named(multiply),
    named(pack),
    named(quantize),
    named(shift),
    named(times),
    named(unpack),
    named(update),
    named(weightGrad),
  ].map((kernel) => [kernel.name, kernel]),
)
