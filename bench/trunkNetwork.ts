/**
 * The network of the trunk: h(x) = a + Mlp(LayerNorm(x + a)), a = Attention(LayerNorm(x)) over all tokens, float32, qkv
 * without bias, exact-erf GELU.
 */
import { Bdia, Key, Params } from "bijou"
import { Attention, LayerNorm, Linear, Mlp, multiply } from "bijou/net"
import type { LayerNormParams } from "../src/residual/LayerNorm.ts"
import type { LinearParams } from "../src/residual/Linear.ts"
import type { MlpParams } from "../src/residual/Mlp.ts"
import { fromTfjs, tensor, tensorSpace, type tf } from "bijou/tensor"
import { trunk as sizes } from "./sizes.ts"

// ---------------------------------------------------------------- model

const { batch, tokens, width, heads, hidden, fractionBits } = sizes

/** One block's h. */
interface TrunkBlock {
  readonly norm1: LayerNormParams
  readonly qkv: tf.Tensor
  readonly out: LinearParams
  readonly norm2: LayerNormParams
  readonly mlp: MlpParams
}

// --------------------------------------------------------- constructors

/** The residual of one block. */
export const h = ({ norm1, qkv, out, norm2, mlp }: TrunkBlock, x: tf.Tensor): tf.Tensor => {
  const mixed = Attention.mix(multiply(LayerNorm.apply(norm1, x), qkv), heads, "full")
  const a = Linear.apply(out, mixed)
  return a.add(Mlp.apply(mlp, LayerNorm.apply(norm2, x.add(a))))
}

export const layer = fromTfjs(
  Params.struct<TrunkBlock>({
    norm1: LayerNorm.params(width),
    qkv: tensor.normal([width, 3 * width], 0.02),
    out: Linear.params(width, width),
    norm2: LayerNorm.params(width),
    mlp: Mlp.params(width, hidden),
  }),
  h,
)

/** What every mode starts from; nothing here is on the clock. */
export const start = (depth: number) => {
  const space = tensorSpace(fractionBits)
  const net = Bdia.fromResidual({ space, layer }, depth)
  const params = net.params.init(Key.fromSeed(0))
  const noise = tensor.normal([batch, tokens, width], 1).init(Key.fromSeed(1))
  return { space, net, params, x: space.quantize(noise), samples: Array.from({ length: batch }, (_, i) => i) }
}
