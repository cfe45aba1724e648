// The Gaussian error linear unit of a vector, exact and by tanh, and their derivatives.
#pragma once

#include "Vector.h"

namespace bijou {

/// Phi(x) = (1 + erf(x / sqrt 2)) / 2, within 2e-7, by the rational approximation of Eigen and XLA for erf on [-4, 4].
inline Vector cumulative(Vector x) {
  static const float above[] = {-2.72614225801306e-10f, 2.77068142495902e-8f,  -2.10102402082508e-6f, -5.69250639462346e-5f,
                                -7.34990630326855e-4f,  -2.954599808540251e-3f, -1.60960333262415e-2f};
  static const float below[] = {-1.45660718464996e-5f, -2.13374055278905e-4f, -1.68282697438203e-3f, -7.37332916720468e-3f,
                                -1.42647390514189e-2f};
  const Vector z = within(x * 0.70710678118654752f, 4.f);
  const Vector square = z * z;
  const Vector erf = z * (polynomial(square, above) / polynomial(square, below));
  return fused(erf, splat(0.5f), splat(0.5f));
}

/// x Phi(x)
struct Gelu {
  static Vector value(Vector x) { return x * cumulative(x); }

  /// Phi(x) + x phi(x)
  static Vector slope(Vector x) {
    const Vector near = within(x, 13.f);
    const Vector density = exponential(near * near * -0.5f) * 0.39894228040143268f;
    return fused(near, density, cumulative(near));
  }
};

/// x (1 + tanh u) / 2 with u = sqrt(2/pi) (x + 0.044715 x^3).
///
/// s = (1 + tanh u) / 2 = 1 / (1 + exp(-2 u)), which is e / (1 + e) with e = exp(-2 |u|) where u < 0, and s (1 - s) = e / (1 + e)^2: no digit
/// is lost on either side. Beyond 14 s is 0 or 1, so x is held there and no power of it overflows.
struct GeluTanh {
  static Vector value(Vector x) { return x * Shares(within(x, 14.f)).share; }

  /// s + 2 x s (1 - s) u'
  static Vector slope(Vector x) {
    const Vector near = within(x, 14.f);
    const Shares of(near);
    const Vector steepness = fused(near * near, splat(6 * SLOPE * CUBIC), splat(2 * SLOPE));
    return fused(near * of.spread, steepness, of.share);
  }

 private:
  static constexpr float CUBIC = 0.044715f, SLOPE = 0.79788456080286536f;

  struct Shares {
    Vector share, spread;

    explicit Shares(Vector near) {
      const Vector u = near * fused(near * near, splat(SLOPE * CUBIC), splat(SLOPE));
      const Vector e = exponential(u * (u < 0.f ? splat(2.f) : splat(-2.f)));
      const Vector inverse = 1.f / (e + 1.f);
      share = (u < 0.f ? e : splat(1.f)) * inverse;
      spread = e * inverse * inverse;
    }
  };
};

}  // namespace bijou
