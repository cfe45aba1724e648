/**
 * The trunk as a user of plain TensorFlow.js writes it: y + h(y) in every block, `tf.variableGrads`.
 *
 * Of bijou only the count of bytes is used; it runs where none of its kernels is registered.
 */
import { buffers, peakBytes, tf } from "bijou/tensor"
import type { Mode, Modes } from "../Mode.ts"
import { trunk as sizes } from "../sizes.ts"

const { batch, tokens, width, heads, hidden } = sizes

const blockVariables = () => {
  const normal = (inputs: number, outputs: number) => tf.variable(tf.randomNormal<tf.Rank>([inputs, outputs], 0, 0.02))
  const zeros = (size: number) => tf.variable(tf.zeros<tf.Rank>([size]))
  const norm = () => ({ gain: tf.variable(tf.ones<tf.Rank>([width])), bias: zeros(width) })
  return {
    norm1: norm(),
    qkv: normal(width, 3 * width),
    out: { weight: normal(width, width), bias: zeros(width) },
    norm2: norm(),
    up: { weight: normal(width, hidden), bias: zeros(hidden) },
    down: { weight: normal(hidden, width), bias: zeros(width) },
  }
}

type Block = ReturnType<typeof blockVariables>

const product = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => {
  const [inputs = 0, outputs = 0] = weight.shape
  return x.reshape([-1, inputs]).matMul(weight).reshape([batch, tokens, outputs])
}

const linear = ({ weight, bias }: Block["out"], x: tf.Tensor): tf.Tensor => product(x, weight).add(bias)

const layerNorm = ({ gain, bias }: Block["norm1"], x: tf.Tensor): tf.Tensor => {
  const { mean, variance } = tf.moments(x, -1, true)
  return x
    .sub(mean)
    .mul(tf.rsqrt(variance.add(1e-5)))
    .mul(gain)
    .add(bias)
}

const attention = (qkv: tf.Tensor, x: tf.Tensor): tf.Tensor => {
  const part = (t: tf.Tensor): tf.Tensor => t.reshape([batch, tokens, heads, width / heads]).transpose([0, 2, 1, 3])
  const [q, k, v] = tf.split(product(x, qkv), 3, -1).map(part)
  if (q === undefined || k === undefined || v === undefined) throw new Error("a split in three has three parts")
  const weights = tf.softmax(tf.matMul(q, k, false, true).mul(1 / Math.sqrt(width / heads)))
  return tf.matMul(weights, v).transpose([0, 2, 1, 3]).reshape([batch, tokens, width])
}

const gelu = (x: tf.Tensor): tf.Tensor => x.mul(Math.SQRT1_2).erf().add(1).mul(0.5).mul(x)

const h = ({ norm1, qkv, out, norm2, up, down }: Block, x: tf.Tensor): tf.Tensor => {
  const a = linear(out, attention(qkv, layerNorm(norm1, x)))
  return a.add(linear(down, gelu(linear(up, layerNorm(norm2, x.add(a))))))
}

const stock = (depth: number): Mode => {
  const blocks = Array.from({ length: depth }, blockVariables)
  const x = tf.variable(tf.randomNormal<tf.Rank>([batch, tokens, width]))
  const take = async () => {
    const { value, grads } = tf.variableGrads(() => {
      const y = blocks.reduce<tf.Tensor>((y, block) => y.add(h(block, y)), x)
      return tf.mean<tf.Scalar>(tf.square(y))
    })
    const [loss] = await value.data()
    tf.dispose([value, grads])
    return loss
  }
  const measure = async () => {
    const before = buffers().bytes
    const { peak } = await peakBytes(take)
    return { held: null, peak: peak - before }
  }
  return { take, measure }
}

export const modes: Modes = { stock }
