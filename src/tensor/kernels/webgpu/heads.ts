/** Attention in WGSL: 64 threads work together on one token of one head, and no matrix of weights is ever in memory. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import type { Tokens } from "../wasm/heads.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { EXPONENTIAL } from "./exponential.ts"
import { LANES } from "./Program.ts"

/** The sizes that programs over attention are given, as uniforms. */
export const SIZES = ["heads", "time", "size", "causal"] as const

/** What they are for `qkv`, `[batch, time, 3 heads size]`; `count` is that of tokens of all heads. */
export const sizesOf = ({ shape }: tf.TensorInfo, { heads: given, causal }: { readonly [name: string]: unknown }) => {
  const [time = 1, triple = 3] = shape.slice(1)
  const heads = Number(given)
  const size = triple / 3 / heads
  return {
    uniforms: { heads, time, size, causal: Number(causal), scale: 1 / Math.sqrt(size) },
    count: (sizeOf(shape) / triple) * heads,
    width: heads * size,
  }
}

/** The input that tells padding, where not all tokens are seen. */
export const maskOf = (tokens: Tokens, inputs: tf.NamedTensorInfoMap): Readonly<Record<string, tf.TensorInfo>> =>
  tokens === "all" ? {} : { mask: inputOf(inputs, "seen") }

/** Its name in programs. */
export const maskName = (tokens: Tokens): readonly string[] => (tokens === "all" ? [] : ["mask"])

/**
 * The score of a query and a key, by where they begin in `qkv`, and the exponential of what it is below the greatest of the query, `most`. The key's
 * token counts through all samples. What stands for the score of padding is below any other, so that who sees padding alone looks at all of it
 * alike; beside what is seen its exponential is 0.
 */
export const scores = (tokens: Tokens): string => `${EXPONENTIAL}
  const hidden = -1e30;
  fn isPadding(token : i32) -> bool { return ${tokens === "all" ? "false" : "mask[token] == 0"}; }
  fn score(query : i32, key : i32, token : i32) -> f32 {
    if (isPadding(token)) { return hidden; }
    var sum = 0.0;
    for (var c = 0; c < uniforms.size; c++) { sum += qkv[query + c] * qkv[key + c]; }
    return sum * uniforms.scale;
  }
  fn power(query : i32, key : i32, token : i32, most : f32) -> f32 {
    if (isPadding(token) && most > hidden) { return 0.0; }
    return exponential(score(query, key, token) - most);
  }`

/** The inner product of a value in `qkv` and a cotangent in `dy`: an element of dP. */
export const CHANGES = `
  fn change(value : i32, cotangent : i32) -> f32 {
    var sum = 0.0;
    for (var c = 0; c < uniforms.size; c++) { sum += qkv[value + c] * dy[cotangent + c]; }
    return sum;
  }`

/** Where the row's token and its head stand: `token` in time, the sample's `first` token, and the beginnings of its queries, keys, values and outputs. */
export const PLACES = `
  let time = uniforms.time;
  let size = uniforms.size;
  let width = uniforms.heads * size;
  let triple = 3 * width;
  let unit = row / time;
  let token = row % time;
  let sample = unit / uniforms.heads;
  let first = sample * time;
  let across = (unit % uniforms.heads) * size;
  let queries = first * triple + across;
  let keys = queries + width;
  let values = keys + width;
  let outputs = first * width + across;
  let seen = select(time, token + 1, uniforms.causal == 1);`

/** The greatest score of the row's query, `most`. */
export const MOST = `
  let query = queries + token * triple;
  var high = score(query, keys, first);
  for (var j = lane; j < seen; j += ${LANES}) { high = max(high, score(query, keys + j * triple, first + j)); }
  let most = greatest(lane, high);`

/**
 * Sums over all tokens, for each of the head's dimensions, a tile of tokens at a time: `begin` makes the sums for dimension `c`; `weigh` sets
 * this lane's shared numbers from `other`, its token of the tile; `add` adds to the sums what number `t` of the tile, the token `near`, has to
 * give; `end` is what the lanes do together then, and `write` stores the sums.
 */
export const overTokens = (parts: {
  readonly begin: string
  readonly weigh: string
  readonly add: string
  readonly end: string
  readonly write: string
}) => `
  for (var block = 0; block < size; block += ${LANES}) {
    let c = block + lane;
    ${parts.begin}
    for (var tile = 0; tile < time; tile += ${LANES}) {
      let other = tile + lane;
      ${parts.weigh}
      workgroupBarrier();
      if (c < size) {
        for (var t = 0; t < min(${LANES}, time - tile); t++) {
          let near = tile + t;
          ${parts.add}
        }
      }
      workgroupBarrier();
    }
    ${parts.end}
    if (c < size && row < uniforms.count) { ${parts.write} }
  }`
