/** The sizes of the benchmarks. Those of the trunk are the ones that PyTorch's BDIA is usually timed with. */

/** [batch, tokens, width] activations through `depth` blocks. */
export const trunk = { batch: 32, tokens: 65, width: 128, heads: 4, hidden: 512, fractionBits: 9 }

type TrunkSizes = typeof trunk

/** A matrix product, `times` of them: `[m, k]` by `[k, n]`. */
export type Product = readonly [times: number, m: number, k: number, n: number]

/** The GPT of the training step, on windows of bytes. */
export const gpt = { vocabulary: 256, context: 64, width: 128, heads: 4, fractionBits: 9, dropout: 0 }

/** Images that are convolved, [batch, height, width, channels], by a square filter to as many channels. */
export const convolution = { batch: 32, height: 7, width: 14, channels: 32, taps: 3 }

/** Windows in a batch of the training step. */
export const batch = 16

/**
 * Samples per micro-batch of the trunk by workers. On tensorflow a call costs as much as some elements, so two workers
 * have one micro-batch each.
 */
export const microBatch = (backend: string): number => (backend === "tensorflow" ? 16 : 8)

/** The matrix products of one block's residual, each `[times, m, k, n]`; a multiply-add is two operations. */
export const products = ({ batch, tokens, width, heads, hidden }: TrunkSizes): ReadonlyArray<Product> => {
  const [rows, each] = [batch * tokens, width / heads]
  return [
    [1, rows, width, 3 * width],
    [batch * heads, tokens, each, tokens],
    [batch * heads, tokens, tokens, each],
    [1, rows, width, width],
    [1, rows, width, hidden],
    [1, rows, hidden, width],
  ]
}

/**
 * Floating-point operations of the products in `evaluations` of one block's residual; its gradient costs two of them.
 */
export const operations = (sizes: TrunkSizes, evaluations: number): number =>
  evaluations * products(sizes).reduce((sum, [times, m, k, n]) => sum + 2 * times * m * k * n, 0)
