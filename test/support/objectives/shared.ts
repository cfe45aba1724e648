/**
 * One matrix for every sample of [batch, time, width], whose gradient is summed over the batch.
 */
import { function as F } from "fp-ts"
import { andThen, keep, Params } from "bijou"
import { float32TensorSide, fromTfjs, tensor, tf } from "bijou/tensor"

const kept = keep(float32TensorSide(null))
const product = fromTfjs(Params.struct({ w: tensor.zeros([1, 1]) }), ({ w }, x: tf.Tensor) => tf.matMul(x, w))
const mean = fromTfjs(Params.none, (_, x: tf.Tensor) => tf.mean(x))

/** The gradient of the mean is that of the samples: 1, 10, 100, ... */
export const shared = {
  network: F.pipe(kept(product), andThen(kept(mean))),
  data: (samples: ReadonlyArray<number>): tf.Tensor => tf.tensor3d(samples.map((id) => [[10 ** id]])),
}
