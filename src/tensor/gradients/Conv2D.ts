/** The gradient of `Conv2D` throws if `dimRoundingMode` made the output larger than the stock gradient assumes. */
import { tf } from "../tf.ts"
import { amended, only, saved } from "./amended.ts"
import { expectRoundedDown } from "./roundedDown.ts"

export const conv2D = amended<tf.Conv2DAttrs>(tf.Conv2D, (stock) => (dy, kept, attrs) => {
  const gradients = stock(dy, kept, attrs) // the stock gradient rejects dilations
  const { strides, pad, dataFormat } = attrs
  const info = tf.backend_util.computeConv2DInfo(
    saved(kept, 0).shape as Four,
    saved(kept, 1).shape as Four,
    strides,
    1,
    pad,
    undefined,
    false,
    tf.backend_util.convertConv2DDataFormat(dataFormat),
  )
  expectRoundedDown("conv2d", only(dy), info)
  return gradients
})

type Four = [number, number, number, number]
