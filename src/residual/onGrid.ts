/**
 * A layer whose value is rounded to the grid: x_0 = Q(embedding).
 */
import type { Layer } from "../core/Layer.ts"
import type { Space } from "../exact/Space.ts"

/** Rounds the value of a layer with `space.quantize`; the gradient passes straight through the rounding. */
export const onGrid =
  <X, Bit>(space: Space<X, Bit>) =>
  <P, A>(layer: Layer<P, A, X>): Layer<P, A, X> => ({
    params: layer.params,
    apply: (params, a, draw) => space.quantize(layer.apply(params, a, draw)),
    vjp: (params, a, draw) => {
      const recorded = layer.vjp(params, a, draw)
      return { ...recorded, value: space.quantize(recorded.value) }
    },
  })
