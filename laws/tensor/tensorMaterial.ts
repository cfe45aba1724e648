/**
 * A material of tensors, with random layers.
 */
import { function as F } from "fp-ts"
import fc from "fast-check"
import { Params } from "../../src/core/Params.ts"
import { serial } from "../../src/core/serial.ts"
import { Attention } from "../../src/residual/Attention.ts"
import { Dropout } from "../../src/residual/Dropout.ts"
import { gelu } from "../../src/residual/gelu.ts"
import { LayerNorm } from "../../src/residual/LayerNorm.ts"
import { Linear } from "../../src/residual/Linear.ts"
import { Mlp } from "../../src/residual/Mlp.ts"
import { fromTfjs } from "../../src/tensor/ops/fromTfjs.ts"
import type { Plane } from "../../src/tensor/values/Plane.ts"
import { tensorSpace } from "../../src/tensor/values/tensorSpace.ts"
import type { tf } from "../../src/tensor/tf.ts"
import { drawn, oneOrTwo, type DrawnLayer, type Material } from "../engine/Material.ts"
import { gridTensor } from "./arbitraries.ts"

// --------------------------------------------------------- constructors

/** Tensors `[batch, time, width]` on a grid; the width is even, for attention with two heads. */
export const tensorMaterial = (
  fractionBits: number,
  shape: readonly [batch: number, time: number, width: number],
): Material<tf.Tensor, Plane> => {
  const space = tensorSpace(fractionBits)
  const [, , width] = shape
  const dropout = (rate: number) =>
    drawn(`dropout ${rate}`, F.pipe(Linear.make(width, width, 0.5), serial(Dropout.make("drop", rate))))
  const single = fc.oneof(
    { withCrossShrink: true },
    fc.constant(drawn("linear", Linear.make(width, width, 0.5))),
    fc.constant(drawn("layer norm", LayerNorm.make(width))),
    fc.constant(drawn("gelu of a linear map", F.pipe(Linear.make(width, width, 0.5), serial(fromGelu)))),
    fc.constantFrom("causal", "full").map((reach) => drawn(`${reach} attention`, Attention.make(width, 2, reach))),
    fc.constant(drawn("a perceptron", Mlp.make(width, 2 * width))),
    fc.constantFrom(0.25, 0.5).map(dropout),
  ) satisfies fc.Arbitrary<DrawnLayer<tf.Tensor>>
  return {
    name: `tensors [${shape.join(", ")}] of ${fractionBits} fraction bits`,
    space,
    inputs: gridTensor(space, shape),
    layers: oneOrTwo(single),
    example: dropout(0.25),
    merge: fromTfjs(Params.none, (_, [x, y]: readonly [tf.Tensor, tf.Tensor]) => x.add(y)),
    fork: fromTfjs(Params.none, (_, x: tf.Tensor) => [x.clone(), x.clone()] as const),
  }
}

const fromGelu = fromTfjs(Params.none, (_, x: tf.Tensor): tf.Tensor => gelu(x))
