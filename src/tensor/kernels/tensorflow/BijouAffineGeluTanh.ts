/** `BijouAffineGeluTanh`: what `BijouAffineGelu` does, with GELU by tanh. */
import { affineGelu } from "./affineGelu.ts"

export const bijouAffineGeluTanh = affineGelu("BijouAffineGeluTanh")
