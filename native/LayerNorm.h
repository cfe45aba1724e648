// Layer normalization over the last axis.
#pragma once

#include "Pool.h"
#include "Vector.h"

namespace bijou {

// ---------------------------------------------------------------- model

/// Rows longer than this are summed in float64.
constexpr int64_t LONG = 4096;

typedef double Wide __attribute__((vector_size(8 * LANES)));

/// The mean of a row, and 1 / sqrt(variance + 1e-5).
struct Moments {
  float mean;
  float scale;
};

// ----------------------------------------------------------- combinators

/// The mean over a row, of what `add(i, count, sum)` adds to a sum for elements i to i + count. A float32 sum of more than `LONG` numbers
/// loses digits that a large mean would need: there it is a float64 one.
template <class Add>
inline float meanOf(int64_t width, Add add) {
  if (width <= LONG) {
    Vector sum{};
    along(width, [&](int64_t i, int64_t count) { sum = add(i, count, sum); });
    return total(sum) / width;
  }
  Wide sum{};
  along(width, [&](int64_t i, int64_t count) { sum += __builtin_convertvector(add(i, count, Vector{}), Wide); });
  double all = 0;
  for (int i = 0; i < LANES; i++) all += sum[i];
  return (float)(all / width);
}

inline Moments momentsOf(const float* x, int64_t width) {
  const float mean = meanOf(width, [&](int64_t i, int64_t count, Vector sum) { return sum + load(x + i, count); });
  const float variance = meanOf(width, [&](int64_t i, int64_t count, Vector squares) {
    const Vector centered = first(load(x + i, count) - splat(mean), count, 0.f);
    return fused(centered, centered, squares);
  });
  return {mean, 1.f / std::sqrt(variance + 1e-5f)};
}

// ----------------------------------------------------------- operations

/// (x - mean) / sqrt(variance + 1e-5) * gain + bias for every row.
class BijouLayerNorm : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &gain = context->input(1), &bias = context->input(2);
    const int64_t width = widthOf(x);
    OP_REQUIRES(context, gain.NumElements() == width && bias.NumElements() == width,
                absl::InvalidArgumentError("Gain and bias have the width of x."));
    Tensor* out = make(context, 0, x.shape());
    if (out == nullptr) return;
    const float *from = read(x), *g = read(gain), *b = read(bias);
    float* to = write(out);
    parallel(context, rowsOf(x), width, [=](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++) {
        const float* row = from + r * width;
        const Moments of = momentsOf(row, width);
        along(width, [&](int64_t i, int64_t count) {
          const Vector normal = (load(row + i, count) - splat(of.mean)) * splat(of.scale);
          store(to + r * width + i, fused(normal, load(g + i, count), load(b + i, count)), count);
        });
      }
    });
  }
};

/// With y the normalized row, r its scale and g = dy gain: dx = r (g - mean(g) - y mean(g y)), and the sums of dy y and of dy over rows.
class BijouLayerNormGrad : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &gain = context->input(1), &dy = context->input(2);
    const int64_t width = widthOf(x), rows = rowsOf(x);
    OP_REQUIRES(context, gain.NumElements() == width && dy.NumElements() == x.NumElements(),
                absl::InvalidArgumentError("dy has the shape of x, and gain its width."));
    Tensor *dx = make(context, 0, x.shape()), *dgain = make(context, 1, TensorShape({width})),
           *dbias = make(context, 2, TensorShape({width}));
    Tensor holder;
    float* sums = room(context, &holder, 2 * CHUNKS * width);
    if (dx == nullptr || dgain == nullptr || dbias == nullptr || sums == nullptr) return;
    const float *from = read(x), *g = read(gain), *back = read(dy);
    float *to = write(dx), *gains = sums, *biases = sums + CHUNKS * width;
    parallel(context, CHUNKS, rows * width / 4, [=](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; c++) {
        float *toGain = gains + c * width, *toBias = biases + c * width;
        std::memset(toGain, 0, 4 * width);
        std::memset(toBias, 0, 4 * width);
        for (int64_t r = chunkStart(rows, c); r < chunkStart(rows, c + 1); r++) {
          const float *row = from + r * width, *d = back + r * width;
          const Moments of = momentsOf(row, width);
          Vector straight{}, tilted{};
          along(width, [&](int64_t i, int64_t count) {
            const Vector y = (load(row + i, count) - splat(of.mean)) * splat(of.scale);
            const Vector slope = load(d + i, count);
            const Vector scaled = slope * load(g + i, count);
            straight += scaled;
            tilted = fused(scaled, y, tilted);
            store(toGain + i, fused(slope, y, load(toGain + i, count)), count);
            store(toBias + i, load(toBias + i, count) + slope, count);
          });
          const bool isLong = width > LONG;
          const Vector average = splat(isLong ? meanOf(width, [&](int64_t i, int64_t count, Vector sum) {
            return fused(load(d + i, count), load(g + i, count), sum);
          }) : total(straight) / width);
          const Vector tilt = splat(isLong ? meanOf(width, [&](int64_t i, int64_t count, Vector sum) {
            const Vector y = (load(row + i, count) - splat(of.mean)) * splat(of.scale);
            return fused(load(d + i, count) * load(g + i, count), y, sum);
          }) : total(tilted) / width);
          along(width, [&](int64_t i, int64_t count) {
            const Vector y = (load(row + i, count) - splat(of.mean)) * splat(of.scale);
            const Vector scaled = load(d + i, count) * load(g + i, count);
            store(to + r * width + i, (scaled - average - y * tilt) * splat(of.scale), count);
          });
        }
      }
    });
    addChunks(gains, width, write(dgain));
    addChunks(biases, width, write(dbias));
  }
};

REGISTER_OP("BijouLayerNorm").Input("x: float").Input("gain: float").Input("bias: float").Output("y: float");
REGISTER_OP("BijouLayerNormGrad")
    .Input("x: float")
    .Input("gain: float")
    .Input("dy: float")
    .Output("dx: float")
    .Output("dgain: float")
    .Output("dbias: float");
BIJOU_KERNEL(BijouLayerNorm);
BIJOU_KERNEL(BijouLayerNormGrad);

}  // namespace bijou
