/** `BijouAffineGelu`: a = x W + b, and gelu(a). Inputs as those of `BijouAffine`. */
import { affineGelu } from "./affineGelu.ts"

export const bijouAffineGelu = affineGelu("BijouAffineGelu")
