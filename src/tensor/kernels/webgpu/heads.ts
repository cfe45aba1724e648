/**
 * Programs for attention: 64 threads work together on one token of one head, and no matrix of weights is ever in
 * memory.
 */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import type { AttentionAttributes } from "../spec/attention.ts"
import { EXPONENTIAL } from "./exponential.ts"
import { compile, LANES, type WebgpuBackend, type Wgsl, type Work } from "./Program.ts"

// ---------------------------------------------------------------- model

/** The sizes that the programs take as uniforms. */
const SIZES = ["heads", "time", "size", "causal"] as const

/** Runs a program; `seen` is the mask of its kernel, if there is one. */
type OverHeads<Input extends string> = (
  backend: WebgpuBackend,
  given: {
    readonly inputs: Readonly<Record<Input, tf.TensorInfo>>
    readonly seen: tf.TensorInfo | undefined
    readonly uniforms: Readonly<Record<(typeof SIZES)[number] | "scale", number>>
  } & Work,
) => tf.TensorInfo

// --------------------------------------------------------- constructors

/**
 * Returns a program over the tokens of all heads, in one version without and one with padding. Its functions may call
 * `isPadding` with the index of a token among all samples.
 */
export const overHeads = <const Input extends string>({
  name,
  inputs: names,
  functions,
  body,
}: Pick<Wgsl<Input, never>, "name" | "inputs" | "body"> & {
  readonly functions: readonly string[]
}): OverHeads<Input> => {
  const shared = { over: "rows", integers: SIZES, numbers: ["scale"], output: "float32", body } as const
  const toAll = compile({
    ...shared,
    name: `${name} to all`,
    inputs: names,
    functions: ["fn isPadding(token : i32) -> bool { return false; }", ...functions],
  })
  const toSeen = compile({
    ...shared,
    name: `${name} to seen`,
    inputs: [...names, "mask"],
    functions: ["fn isPadding(token : i32) -> bool { return mask[token] == 0; }", ...functions],
  })
  return (backend, { seen, ...given }) => {
    if (seen === undefined) return toAll(backend, given)
    return toSeen(backend, { ...given, inputs: { ...given.inputs, mask: seen } })
  }
}

/** Returns the uniforms for `qkv`, `[batch, time, 3 heads size]`, and the number of tokens of all heads. */
export const sizesOf = ({ shape }: tf.TensorInfo, { heads, causal }: AttentionAttributes) => {
  const [time = 1, triple = 3] = shape.slice(1)
  const size = triple / 3 / heads
  return {
    uniforms: { heads, time, size, causal: Number(causal), scale: 1 / Math.sqrt(size) },
    count: (sizeOf(shape) / triple) * heads,
  }
}

// ------------------------------------------------------------ instances

/**
 * WGSL for the score of a query and a key, given by their offsets in `qkv`, and for the exponential of the score minus
 * the query's greatest score, `most`. The score of padding is below any other score, so a query that sees only padding
 * attends to all of it uniformly; if other tokens are visible, the exponential of padding is 0.
 */
export const SCORES = `${EXPONENTIAL}
  const hidden = -1e30;
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

/** WGSL for the inner product of a value in `qkv` and a cotangent in `dy`, an element of dP. */
export const CHANGES = `
  fn change(value : i32, cotangent : i32) -> f32 {
    var sum = 0.0;
    for (var c = 0; c < uniforms.size; c++) { sum += qkv[value + c] * dy[cotangent + c]; }
    return sum;
  }`

/**
 * WGSL for the position of the row's token and head: `token` in time, the sample's `first` token, and the offsets of
 * its queries, keys, values and outputs.
 */
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

/** WGSL for the greatest score of the row's query, `most`. */
export const MOST = `
  let query = queries + token * triple;
  var high = score(query, keys, first);
  for (var j = lane; j < seen; j += ${LANES}) { high = max(high, score(query, keys + j * triple, first + j)); }
  let most = greatest(lane, high);`

/**
 * Returns WGSL that sums over all tokens for each dimension of the head, one tile of tokens at a time. `begin`
 * initializes the sums for dimension `c`. `weigh` sets this lane's shared numbers from `other`, its token of the tile.
 * `add` adds the contribution of number `t` of the tile, the token `near`. Then all lanes run `end`, and `write` stores
 * the sums.
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
