/** `BijouDiffer` on TensorFlow; see the typed kernel of this name. */
import { tf } from "../../tf.ts"
import { inputOf } from "../typed/fromTyped.ts"
import { execute } from "./execute.ts"

export const bijouDiffer: tf.KernelConfig = {
  kernelName: "BijouDiffer",
  backendName: "tensorflow",
  kernelFunc: ({ inputs, backend }) => {
    const [x, y] = [inputOf(inputs, "x"), inputOf(inputs, "y")] as [tf.Tensor, tf.Tensor] // the engine passes tensors
    return tf.tidy(() => {
      if (x.dtype !== "float32") return tf.notEqual(x, y).toFloat().sum()
      const [p, q] = [x, y].map((one) => execute(backend, "Bitcast", [one], { T: "float32", type: "int32" })) as [
        tf.Tensor,
        tf.Tensor,
      ]
      const numbers = tf.logicalNot(tf.logicalAnd(tf.notEqual(x, x), tf.notEqual(y, y)))
      return tf.logicalAnd(tf.notEqual(p, q), numbers).toFloat().sum()
    })
  },
}
