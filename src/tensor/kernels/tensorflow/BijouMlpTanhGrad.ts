/** `BijouMlpTanhGrad`: the gradient of `BijouMlpTanh` by its five inputs. */
import { pulledBack } from "./mlp.ts"
import { onTensorflow } from "./operations.ts"

export const bijouMlpTanhGrad = onTensorflow("BijouMlpTanhGrad", { library: pulledBack("BijouMlpTanhGrad") })
