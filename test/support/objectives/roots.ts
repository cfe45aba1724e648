/**
 * A custom network with a finite loss and an infinite gradient: a root has an infinite derivative at 0.
 */
import { function as F } from "fp-ts"
import { andThen, Bdia, keep, named, Params, Side } from "bijou"
import { fromTfjs, tensor, tensorSpace, tf } from "bijou/tensor"

const space = tensorSpace(9)

const w = Params.struct({ w: tensor.normal([3, 3], 1) })

/** sqrt(relu(x w)), which is 0 wherever x w is negative. */
// It has two axes.
export const root = fromTfjs(w, (p, x: tf.Tensor) => tf.sqrt(tf.relu(tf.matMul(x, p.w as tf.Tensor2D))))

/** The mean square of the last activation. */
export const square = fromTfjs(Params.none, (_, [, y]: readonly [tf.Tensor, tf.Tensor]) => tf.mean(tf.square(y)))

const network = F.pipe(
  named("blocks")(Bdia.fromResidual({ space, layer: root }, 2)),
  andThen(named("head")(keep(Side.pair(space.value, space.value))(square))),
)

const data = (samples: ReadonlyArray<number>): tf.Tensor =>
  tf.tensor2d(samples.map((id) => [1 + (id % 3), -1 - (id % 2), 0.5]))

export const roots = { network, data }

/** Its gradient is its input. One this large is finite for one sample, but not for two. */
const largeNetwork = keep(space.value)(
  fromTfjs(Params.struct({ w: tensor.zeros([1, 1]), v: tensor.zeros([1, 1]) }), ({ w: p, v }, x: tf.Tensor) =>
    tf.sum(tf.mul(x, p)).add(tf.sum(v)),
  ),
)

export const large = {
  network: largeNetwork,
  data: (samples: ReadonlyArray<number>): tf.Tensor => tf.fill([samples.length, 1], 3e38),
}
