// Attention: softmax(q k^T / sqrt(size)) v for every sample and head, one of them in one thread, so that only its weights are alive.
#pragma once

#include "Product.h"

namespace bijou {

// ---------------------------------------------------------------- model

struct Weights;

/// The sizes of `[batch, time, 3 heads size]`, and where a head's parts stand in a sample: queries, keys and values side by side.
struct Heads {
  int64_t batch, time, heads, size, width;
  bool causal;
  float scale;

  static Heads of(const Tensor& qkv, int64_t heads, bool causal) {
    const int64_t width = qkv.dim_size(2) / 3, size = width / heads;
    return {qkv.dim_size(0), qkv.dim_size(1), heads, size, width, causal, 1.f / std::sqrt((float)size)};
  }

  bool fit(const Tensor& qkv) const { return 3 * heads * size == qkv.dim_size(2); }

  int64_t units() const { return batch * heads; }

  int64_t cost() const { return std::max<int64_t>(1, 2 * time * time * (size + 16) / LANES); }

  /// Rows of weights are whole vectors.
  int64_t line() const { return (time + LANES - 1) / LANES * LANES; }

  int64_t packed() const {
    return std::max(packedSize(size, time), std::max(packedSize(time, size), packedSize(time, time)));
  }

  const float* part(const float* qkv, int64_t unit, int64_t which) const {
    return qkv + unit / heads * time * 3 * width + which * width + unit % heads * size;
  }

  int64_t place(int64_t unit) const { return unit / heads * time * width + unit % heads * size; }
};

// ----------------------------------------------------------- combinators

/// The softmax of a row of scores times `scale`, of which the first `seen` count; the others become 0.
inline void softmax(float* row, int64_t seen, int64_t line, float scale) {
  Vector most = splat(-INFINITY);
  along(seen, [&](int64_t i, int64_t count) { most = greater(first(load(row + i), count, -INFINITY), most); });
  const Vector top = splat(greatest(most) * scale), factor = splat(scale);
  Vector sum{};
  along(seen, [&](int64_t i, int64_t count) {
    const Vector power = first(exponential(load(row + i) * factor - top), count, 0.f);
    store(row + i, power);
    sum += power;
  });
  const Vector share = splat(1.f / total(sum));
  const int64_t end = (seen + LANES - 1) / LANES * LANES;
  for (int64_t i = 0; i < end; i += LANES) store(row + i, load(row + i) * share);
  for (int64_t i = end; i < line; i += LANES) store(row + i, Vector{});
}

/// The weights of one head, `time` rows of `line` floats.
inline void attend(const Heads& of, const float* qkv, int64_t unit, float* weights, float* packed) {
  const Matrix q{of.part(qkv, unit, 0), 3 * of.width, 1}, turned{of.part(qkv, unit, 1), 1, 3 * of.width};
  multiply(of.time, of.time, of.size, q, turned, packed, weights, of.line());
  for (int64_t i = 0; i < of.time; i++) softmax(weights + i * of.line(), of.causal ? i + 1 : of.time, of.line(), of.scale);
}

// ----------------------------------------------------------- operations

class BijouAttention : public OpKernel {
 public:
  explicit BijouAttention(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("heads", &heads));
    OP_REQUIRES_OK(context, context->GetAttr("causal", &causal));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor& qkv = context->input(0);
    OP_REQUIRES(context, qkv.dims() == 3, absl::InvalidArgumentError("qkv is [batch, time, 3 width]."));
    const Heads of = Heads::of(qkv, heads, causal);
    OP_REQUIRES(context, of.fit(qkv), absl::InvalidArgumentError("The heads do not divide the width."));
    Tensor* out = make(context, 0, TensorShape({of.batch, of.time, of.width}));
    if (out == nullptr || out->NumElements() == 0) return;
    const float* from = read(qkv);
    float* to = write(out);
    parallel(context, of.units(), of.cost(), [=](int64_t begin, int64_t end) {
      const int64_t size = of.time * of.line();
      float *weights = scratch<Weights>(size + of.packed()), *packed = weights + size;
      for (int64_t u = begin; u < end; u++) {
        attend(of, from, u, weights, packed);
        const Matrix p{weights, of.line(), 1}, v{of.part(from, u, 2), 3 * of.width, 1};
        multiply(of.time, of.size, of.time, p, v, packed, to + of.place(u), of.width);
      }
    });
  }

 private:
  int64_t heads;
  bool causal;
};

/// With P the weights, computed again: dv = P^T dy, dP = dy v^T, dS = P (dP - sum of P dP over a row) / sqrt(size), dq = dS k, dk = dS^T q.
class BijouAttentionGrad : public OpKernel {
 public:
  explicit BijouAttentionGrad(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("heads", &heads));
    OP_REQUIRES_OK(context, context->GetAttr("causal", &causal));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &qkv = context->input(0), &dy = context->input(1);
    OP_REQUIRES(context, qkv.dims() == 3, absl::InvalidArgumentError("qkv is [batch, time, 3 width]."));
    const Heads of = Heads::of(qkv, heads, causal);
    OP_REQUIRES(context, of.fit(qkv) && 3 * dy.NumElements() == qkv.NumElements(),
                absl::InvalidArgumentError("dy is [batch, time, width], and the heads divide the width."));
    Tensor* out = make(context, 0, qkv.shape());
    if (out == nullptr || out->NumElements() == 0) return;
    const float *from = read(qkv), *back = read(dy);
    float* to = write(out);
    parallel(context, of.units(), 3 * of.cost(), [=](int64_t begin, int64_t end) {
      const int64_t size = of.time * of.line(), row = 3 * of.width;
      float *weights = scratch<Weights>(2 * size + of.packed()), *slopes = weights + size, *packed = slopes + size;
      for (int64_t u = begin; u < end; u++) {
        attend(of, from, u, weights, packed);
        const Matrix d{back + of.place(u), of.width, 1};
        const auto result = [&](int64_t which) { return to + (of.part(from, u, which) - from); };
        multiply(of.time, of.time, of.size, d, {of.part(from, u, 2), 1, row}, packed, slopes, of.line());
        multiply(of.time, of.size, of.time, {weights, 1, of.line()}, d, packed, result(2), row);
        for (int64_t i = 0; i < of.time; i++) {
          float *p = weights + i * of.line(), *s = slopes + i * of.line();
          Vector sum{};
          along(of.time, [&](int64_t j, int64_t count) { sum = fused(load(p + j, count), load(s + j, count), sum); });
          const Vector average = splat(total(sum)), scale = splat(of.scale);
          along(of.time, [&](int64_t j, int64_t count) {
            store(s + j, load(p + j, count) * (load(s + j, count) - average) * scale, count);
          });
        }
        multiply(of.time, of.size, of.time, {slopes, of.line(), 1}, {of.part(from, u, 1), row, 1}, packed, result(0), row);
        multiply(of.time, of.size, of.time, {slopes, 1, of.line()}, {of.part(from, u, 0), row, 1}, packed, result(1), row);
      }
    });
  }

 private:
  int64_t heads;
  bool causal;
};

REGISTER_OP("BijouAttention").Input("qkv: float").Attr("heads: int").Attr("causal: bool").Output("y: float");
REGISTER_OP("BijouAttentionGrad")
    .Input("qkv: float")
    .Input("dy: float")
    .Attr("heads: int")
    .Attr("causal: bool")
    .Output("dqkv: float");
BIJOU_KERNEL(BijouAttention);
BIJOU_KERNEL(BijouAttentionGrad);

}  // namespace bijou
