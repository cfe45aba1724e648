/** `BijouAffineGelu`: a = x W + b, and gelu(a). Inputs as those of `BijouAffine`. */
import { onTensorflow } from "./operations.ts"

export const bijouAffineGelu = onTensorflow("BijouAffineGelu", {
  library: ({ give, input, runForAll }) =>
    runForAll("BijouAffineGelu", ["x", "weight", "bias"].map(input), 2).map(give),
})
