/** `BijouMlpTanh`: what `BijouMlp` of the library does, with GELU by tanh. */
import { evaluated } from "./mlp.ts"
import { onTensorflow } from "./operations.ts"

export const bijouMlpTanh = onTensorflow("BijouMlpTanh", { library: evaluated("BijouMlpTanh") })
