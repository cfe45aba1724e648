// Attention: softmax(q k^T / sqrt(size)) v for every sample and head, one of them in one thread, so that only its weights are alive; to all
// tokens, or to those that are seen.
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

/// Which tokens of a sample may be looked at: those whose number is not 0; all, where there are no numbers.
struct Mask {
  const int32_t* seen;

  Mask of(const Heads& heads, int64_t unit) const {
    return {seen == nullptr ? nullptr : seen + unit / heads.heads * heads.time};
  }

  /// x, but `other` where a token is padding, for up to LANES tokens from i on.
  Vector hide(Vector x, int64_t i, int64_t count, float other) const {
    if (seen == nullptr) return x;
    const Whole numbers = (Whole)load(reinterpret_cast<const float*>(seen + i), count);
    return numbers == 0 ? splat(other) : x;
  }
};

/// What stands for the score of padding: below any other, so that who sees padding alone looks at all of it alike.
constexpr float HIDDEN = -1e30f;

// ----------------------------------------------------------- combinators

/// The softmax of a row of scores times `scale`, of which the first `seen` count; the others become 0, and so does padding beside what is seen.
inline void softmax(float* row, int64_t seen, int64_t line, float scale, Mask mask) {
  Vector most = splat(-INFINITY);
  along(seen, [&](int64_t i, int64_t count) {
    const Vector scores = mask.hide(load(row + i), i, count, HIDDEN);
    most = greater(first(scores, count, -INFINITY), most);
  });
  const float highest = greatest(most);
  const Vector top = splat(highest * scale), factor = splat(scale);
  const bool alone = highest == HIDDEN;
  Vector sum{};
  along(seen, [&](int64_t i, int64_t count) {
    const Vector scores = mask.hide(load(row + i), i, count, HIDDEN);
    const Vector powers = exponential(scores * factor - top);
    const Vector power = first(alone ? powers : mask.hide(powers, i, count, 0.f), count, 0.f);
    store(row + i, power);
    sum += power;
  });
  const Vector share = splat(1.f / total(sum));
  const int64_t end = (seen + LANES - 1) / LANES * LANES;
  for (int64_t i = 0; i < end; i += LANES) store(row + i, load(row + i) * share);
  for (int64_t i = end; i < line; i += LANES) store(row + i, Vector{});
}

/// The slopes of a row's scores, over those of its weights P: P (dP - sum of P dP) / sqrt(size); 0 for padding, whose score is no one's.
inline void pullSoftmax(const float* weights, float* slopes, const Heads& of, Mask mask) {
  Vector sum{};
  along(of.time, [&](int64_t j, int64_t count) { sum = fused(load(weights + j, count), load(slopes + j, count), sum); });
  const Vector average = splat(total(sum)), scale = splat(of.scale);
  along(of.time, [&](int64_t j, int64_t count) {
    const Vector slope = load(weights + j, count) * (load(slopes + j, count) - average) * scale;
    store(slopes + j, mask.hide(slope, j, count, 0.f), count);
  });
}

/// The weights of one head, `time` rows of `line` floats.
inline void attend(const Heads& of, const float* qkv, Mask mask, int64_t unit, float* weights, float* packed) {
  const Matrix q{of.part(qkv, unit, 0), 3 * of.width, 1}, turned{of.part(qkv, unit, 1), 1, 3 * of.width};
  multiply(of.time, of.time, of.size, q, turned, packed, weights, of.line());
  for (int64_t i = 0; i < of.time; i++)
    softmax(weights + i * of.line(), of.causal ? i + 1 : of.time, of.line(), of.scale, mask.of(of, unit));
}

// ----------------------------------------------------------- operations

/// What both operations are given: qkv, `[batch, time, 3 width]`, and behind it, if they are `masked`, the mask, int32 `[batch, time]`.
template <bool masked>
class Attending : public OpKernel {
 public:
  explicit Attending(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("heads", &heads));
    OP_REQUIRES_OK(context, context->GetAttr("causal", &causal));
  }

 protected:
  absl::Status check(OpKernelContext* context) const {
    const Tensor& qkv = context->input(0);
    if (qkv.dims() != 3) return absl::InvalidArgumentError("qkv is [batch, time, 3 width].");
    if (!sizes(context).fit(qkv)) return absl::InvalidArgumentError("The heads do not divide the width.");
    if (masked && context->input(1).NumElements() != qkv.dim_size(0) * qkv.dim_size(1))
      return absl::InvalidArgumentError("The mask is [batch, time].");
    return absl::OkStatus();
  }

  Heads sizes(OpKernelContext* context) const { return Heads::of(context->input(0), heads, causal); }

  Mask mask(OpKernelContext* context) const {
    return {masked ? context->input(1).flat<int32_t>().data() : nullptr};
  }

 private:
  int64_t heads;
  bool causal;
};

template <bool masked>
class Attend : public Attending<masked> {
 public:
  using Attending<masked>::Attending;

  void Compute(OpKernelContext* context) override {
    OP_REQUIRES_OK(context, this->check(context));
    const Heads of = this->sizes(context);
    const Mask mask = this->mask(context);
    Tensor* out = make(context, 0, TensorShape({of.batch, of.time, of.width}));
    if (out == nullptr || out->NumElements() == 0) return;
    const float* from = read(context->input(0));
    float* to = write(out);
    parallel(context, of.units(), of.cost(), [=](int64_t begin, int64_t end) {
      const int64_t size = of.time * of.line();
      float *weights = scratch<Weights>(size + of.packed()), *packed = weights + size;
      for (int64_t u = begin; u < end; u++) {
        attend(of, from, mask, u, weights, packed);
        const Matrix p{weights, of.line(), 1}, v{of.part(from, u, 2), 3 * of.width, 1};
        multiply(of.time, of.size, of.time, p, v, packed, to + of.place(u), of.width);
      }
    });
  }
};

/// With P the weights, computed again: dv = P^T dy, dP = dy v^T, dS = P (dP - sum of P dP over a row) / sqrt(size), dq = dS k, dk = dS^T q.
template <bool masked>
class AttendGrad : public Attending<masked> {
 public:
  using Attending<masked>::Attending;

  void Compute(OpKernelContext* context) override {
    OP_REQUIRES_OK(context, this->check(context));
    const Heads of = this->sizes(context);
    const Mask mask = this->mask(context);
    const Tensor &qkv = context->input(0), &dy = context->input(masked ? 2 : 1);
    OP_REQUIRES(context, 3 * dy.NumElements() == qkv.NumElements(), absl::InvalidArgumentError("dy is [batch, time, width]."));
    Tensor* out = make(context, 0, qkv.shape());
    if (out == nullptr || out->NumElements() == 0) return;
    const float *from = read(qkv), *back = read(dy);
    float* to = write(out);
    parallel(context, of.units(), 3 * of.cost(), [=](int64_t begin, int64_t end) {
      const int64_t size = of.time * of.line(), row = 3 * of.width;
      float *weights = scratch<Weights>(2 * size + of.packed()), *slopes = weights + size, *packed = slopes + size;
      for (int64_t u = begin; u < end; u++) {
        attend(of, from, mask, u, weights, packed);
        const Matrix d{back + of.place(u), of.width, 1};
        const auto result = [&](int64_t which) { return to + (of.part(from, u, which) - from); };
        multiply(of.time, of.time, of.size, d, {of.part(from, u, 2), 1, row}, packed, slopes, of.line());
        multiply(of.time, of.size, of.time, {weights, 1, of.line()}, d, packed, result(2), row);
        for (int64_t i = 0; i < of.time; i++)
          pullSoftmax(weights + i * of.line(), slopes + i * of.line(), of, mask.of(of, u));
        multiply(of.time, of.size, of.time, {slopes, of.line(), 1}, {of.part(from, u, 1), row, 1}, packed, result(0), row);
        multiply(of.time, of.size, of.time, {slopes, 1, of.line()}, {of.part(from, u, 0), row, 1}, packed, result(1), row);
      }
    });
  }
};

using BijouAttention = Attend<false>;
using BijouAttentionGrad = AttendGrad<false>;
using BijouMaskedAttention = Attend<true>;
using BijouMaskedAttentionGrad = AttendGrad<true>;

REGISTER_OP("BijouAttention").Input("qkv: float").Attr("heads: int").Attr("causal: bool").Output("y: float");
REGISTER_OP("BijouAttentionGrad")
    .Input("qkv: float")
    .Input("dy: float")
    .Attr("heads: int")
    .Attr("causal: bool")
    .Output("dqkv: float");
REGISTER_OP("BijouMaskedAttention")
    .Input("qkv: float")
    .Input("seen: int32")
    .Attr("heads: int")
    .Attr("causal: bool")
    .Output("y: float");
REGISTER_OP("BijouMaskedAttentionGrad")
    .Input("qkv: float")
    .Input("seen: int32")
    .Input("dy: float")
    .Attr("heads: int")
    .Attr("causal: bool")
    .Output("dqkv: float");
BIJOU_KERNEL(BijouAttention);
BIJOU_KERNEL(BijouAttentionGrad);
BIJOU_KERNEL(BijouMaskedAttention);
BIJOU_KERNEL(BijouMaskedAttentionGrad);

}  // namespace bijou
