/** `BijouAffineGeluTanhGrad`: what `BijouAffineGeluGrad` does, with GELU by tanh. */
import { affineGeluGrad } from "./affineGelu.ts"

export const bijouAffineGeluTanhGrad = affineGeluGrad("BijouAffineGeluTanhGrad")
