// Biases, the same for every row, whose gradients are sums over rows.
#pragma once

#include "Pool.h"
#include "Vector.h"

namespace bijou {

/// bias + the columns `left` to `right` - 1 of the rows `top` to `bottom` - 1 of out, which has n of them.
inline void addBias(float* out, const float* bias, int64_t n, int64_t top, int64_t bottom, int64_t left, int64_t right) {
  for (int64_t r = top; r < bottom; r++)
    along(right - left, [&](int64_t j, int64_t count) {
      float* at = out + r * n + left + j;
      store(at, load(at, count) + load(bias + left + j, count), count);
    });
}

/// x + bias for every row, over x, which is the caller's own.
class BijouAddBias : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& bias = context->input(1);
    const int64_t width = widthOf(context->input(0));
    OP_REQUIRES(context, bias.NumElements() == width, absl::InvalidArgumentError("The bias has the width of x."));
    float* x = overwrite(context, 0);
    const float* b = read(bias);
    parallel(context, rowsOf(context->input(0)), width / 4,
             [=](int64_t begin, int64_t end) { addBias(x, b, width, begin, end, 0, width); });
  }
};

/// The sum over rows of `rows` by `width` floats.
inline void sumRows(OpKernelContext* context, const float* from, int64_t rows, int64_t width, float* to) {
  Tensor holder;
  float* sums = room(context, &holder, CHUNKS * width);
  if (sums == nullptr) return;
  parallel(context, CHUNKS, rows * width / CHUNKS / 4, [=](int64_t begin, int64_t end) {
    for (int64_t c = begin; c < end; c++) {
      float* sum = sums + c * width;
      std::memset(sum, 0, 4 * width);
      for (int64_t r = chunkStart(rows, c); r < chunkStart(rows, c + 1); r++)
        along(width, [&](int64_t i, int64_t count) {
          store(sum + i, load(sum + i, count) + load(from + r * width + i, count), count);
        });
    }
  });
  addChunks(sums, width, to);
}

class BijouBiasGrad : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    Tensor* out = make(context, 0, TensorShape({widthOf(x)}));
    if (out != nullptr) sumRows(context, read(x), rowsOf(x), widthOf(x), write(out));
  }
};

REGISTER_OP("BijouAddBias").Input("x: float").Input("bias: float").SetIsStateful();
REGISTER_OP("BijouBiasGrad").Input("dy: float").Output("sums: float");
BIJOU_KERNEL(BijouAddBias);
BIJOU_KERNEL(BijouBiasGrad);

}  // namespace bijou
