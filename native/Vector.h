// Vectors of floats as wide as the machine's registers, and the few functions of them that kernels need.
//
// An element has the same bits in every lane and in a part of a vector, so results do not depend on where an element stands. Products are
// added by `fused` alone: the compiler is told to contract nothing.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#if defined(__AVX__) || defined(__SSE4_1__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

namespace bijou {

// ---------------------------------------------------------------- model

#if defined(__AVX512F__)
constexpr int LANES = 16;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int LANES = 8;
#else
constexpr int LANES = 4;
#endif

typedef float Vector __attribute__((vector_size(4 * LANES)));
typedef int32_t Whole __attribute__((vector_size(4 * LANES)));

// --------------------------------------------------------- constructors

inline Vector splat(float x) {
#if defined(__AVX512F__)
  return (Vector)_mm512_set1_ps(x);
#elif defined(__AVX2__) && defined(__FMA__)
  return (Vector)_mm256_set1_ps(x);
#else
  Vector y;
  for (int i = 0; i < LANES; i++) y[i] = x;
  return y;
#endif
}

inline Whole splat(int32_t x) { return Whole{} + x; }

inline Vector load(const float* from) {
  Vector x;
  std::memcpy(&x, from, sizeof x);
  return x;
}

/// The first `count` elements, and zeros behind them.
inline Vector load(const float* from, int64_t count) {
  if (count >= LANES) return load(from);
#if defined(__AVX512F__)
  return (Vector)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), from);
#else
  Vector x{};
  std::memcpy(&x, from, 4 * count);
  return x;
#endif
}

/// The lanes' own numbers: 0, 1, 2, ...
inline Whole lanes() {
  Whole x;
  for (int i = 0; i < LANES; i++) x[i] = i;
  return x;
}

// ----------------------------------------------------------- combinators

/// a b + c, rounded once where the machine can.
inline Vector fused(Vector a, Vector b, Vector c) {
#if defined(__AVX512F__)
  return (Vector)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__) && defined(__FMA__)
  return (Vector)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__ARM_NEON) && defined(__aarch64__)
  return (Vector)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return a * b + c;
#endif
}

/// To the nearest whole number, half to even.
inline Vector nearest(Vector x) {
#if defined(__AVX512F__)
  return (Vector)_mm512_roundscale_ps((__m512)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#elif defined(__AVX2__) && defined(__FMA__)
  return (Vector)_mm256_round_ps((__m256)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#elif defined(__ARM_NEON) && defined(__aarch64__)
  return (Vector)vrndnq_f32((float32x4_t)x);
#else
  for (int i = 0; i < LANES; i++) x[i] = std::nearbyint(x[i]);
  return x;
#endif
}

inline Vector root(Vector x) {
#if defined(__AVX512F__)
  return (Vector)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__) && defined(__FMA__)
  return (Vector)_mm256_sqrt_ps((__m256)x);
#else
  for (int i = 0; i < LANES; i++) x[i] = std::sqrt(x[i]);
  return x;
#endif
}

/// The greater of the two; where one is not a number, y.
inline Vector greater(Vector x, Vector y) { return x > y ? x : y; }

/// x between -most and most; what is not a number stays so.
inline Vector within(Vector x, float most) {
  const Vector low = splat(-most), high = splat(most);
  x = x < low ? low : x;
  return x > high ? high : x;
}

/// c[0] x^(n-1) + ... + c[n-1]
template <int n>
inline Vector polynomial(Vector x, const float (&c)[n]) {
  Vector sum = splat(c[0]);
  for (int i = 1; i < n; i++) sum = fused(sum, x, splat(c[i]));
  return sum;
}

/// exp(x) for x <= 0, within 2e-7 of it, relative to it, for x > -87, and below 2e-38 beyond: 2^n exp(r), with n the nearest whole number
/// to x / ln 2.
inline Vector exponential(Vector x) {
  static const float tail[] = {1 / 5040.f, 1 / 720.f, 1 / 120.f, 1 / 24.f, 1 / 6.f, 0.5f};
  const Vector low = splat(-87.f);
  x = x < low ? low : x;
  const Vector n = nearest(x * 1.44269504088896341f);
  const Vector r = fused(n, splat(2.1219444005469057e-4f), fused(n, splat(-0.693359375f), x));
  const Vector power = fused(polynomial(r, tail), r * r, r + 1.f);
  const Whole exponent = (__builtin_convertvector(n, Whole) + 127) << 23;
  return power * (Vector)exponent;
}

/// Lane i of x[j] and lane j of x[i] change places, for all i and j.
template <int half = LANES / 2>
inline void transpose(Vector (&x)[LANES]) {
  Whole low, high;
  for (int i = 0; i < LANES; i++) {
    low[i] = i & half ? i - half + LANES : i;
    high[i] = i & half ? i + LANES : i + half;
  }
#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++) {
    if (i & half) continue;
    const Vector a = x[i], b = x[i + half];
    x[i] = __builtin_shuffle(a, b, low);
    x[i + half] = __builtin_shuffle(a, b, high);
  }
  if constexpr (half > 1) transpose<half / 2>(x);
}

// ---------------------------------------------------------- destructors

inline void store(float* to, Vector x) { std::memcpy(to, &x, sizeof x); }

/// The first `count` elements.
inline void store(float* to, Vector x, int64_t count) {
  if (count >= LANES) return store(to, x);
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1), (__m512)x);
#else
  std::memcpy(to, &x, 4 * count);
#endif
}

/// x where the lane is below `count`, else `other`.
inline Vector first(Vector x, int64_t count, float other) {
  return count >= LANES ? x : lanes() < (int32_t)count ? x : splat(other);
}

/// Lanes `half` further on, for each of the first `half`.
template <int half>
inline Vector upper(Vector x) {
  Whole from;
  for (int i = 0; i < LANES; i++) from[i] = (i + half) % LANES;
  return __builtin_shuffle(x, from);
}

/// The sum of all lanes, halves onto halves.
template <int half = LANES / 2>
inline float total(Vector x) {
  x += upper<half>(x);
  if constexpr (half > 1) return total<half / 2>(x);
  return x[0];
}

template <int half = LANES / 2>
inline float greatest(Vector x) {
  x = greater(x, upper<half>(x));
  if constexpr (half > 1) return greatest<half / 2>(x);
  return x[0];
}

/// Bit i tells whether lane i, which holds a whole number below 2^31, is odd.
inline uint32_t parities(Vector k) {
#if defined(__AVX512F__)
  return _mm512_test_epi32_mask(_mm512_cvttps_epi32((__m512)k), _mm512_set1_epi32(1));
#elif defined(__AVX2__) && defined(__FMA__)
  return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvttps_epi32((__m256)k), 31)));
#else
  uint32_t word = 0;
  for (int i = 0; i < LANES; i++) word |= (uint32_t)(std::fabs(k[i]) < 2147483648.f ? (int64_t)k[i] & 1 : 0) << i;
  return word;
#endif
}

/// Calls `body(i, count)` for runs of up to LANES elements from i on, which the parts of `n` are.
template <class Body>
inline void along(int64_t n, Body body) {
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES) body(i, (int64_t)LANES);
  if (i < n) body(i, n - i);
}

}  // namespace bijou
