/** Functions in WGSL of the programs whose bits are those of the composed operations. */

/**
 * x with +0 for -0, by its bits: a compiler may leave out the addition of a literal 0.
 */
export const ONE_ZERO = `
  fn oneZero(x : f32) -> f32 {
    let bits = bitcast<u32>(x);
    return bitcast<f32>(select(bits, 0u, (bits & 0x7fffffffu) == 0u));
  }`

/**
 * x y, rounded to float32 also where it is added to something: `nothing` is 0, which the compiler does not know, so it cannot make one fused
 * operation of product and sum.
 */
export const PRODUCT = `
  fn product(x : f32, y : f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x * y) ^ uniforms.nothing);
  }`

/** Q(own x + change h), where both coefficients carry 2^l; `unit` is 2^-l. */
export const DRIFT = `${ONE_ZERO}${PRODUCT}
  fn drift(x : f32, h : f32, own : f32, change : f32, unit : f32) -> f32 {
    return oneZero(round(product(x, own) + product(h, change)) * unit);
  }`

/** Bit `index` mod 32 of a word, as 0 or 1. */
export const WORD_BIT = `
  fn wordBit(word : i32, index : i32) -> f32 {
    return f32((bitcast<u32>(word) >> (u32(index) & 31u)) & 1u);
  }`

/** The parity of an integer held in float32, as 0 or 1. */
export const PARITY = `
  fn parity(k : f32) -> f32 {
    return f32(u32(i32(k)) & 1u);
  }`
