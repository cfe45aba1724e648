// The Gaussian error linear unit, exact and by tanh; and biases, whose gradients are sums over rows.
#pragma once

#include "Activation.h"
#include "Pool.h"
#include "Vector.h"

namespace bijou {

template <class Activation>
class Activate : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    Tensor* out = make(context, 0, x.shape());
    if (out == nullptr) return;
    const float* from = read(x);
    float* to = write(out);
    eachRun(context, x.NumElements(), 60, [=](int64_t i, int64_t count) {
      store(to + i, Activation::value(load(from + i, count)), count);
    });
  }
};

/// dy times the slope at x.
template <class Activation>
class ActivateGrad : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &dy = context->input(1);
    OP_REQUIRES(context, dy.NumElements() == x.NumElements(), absl::InvalidArgumentError("dy has the shape of x."));
    Tensor* out = make(context, 0, x.shape());
    if (out == nullptr) return;
    const float *from = read(x), *back = read(dy);
    float* to = write(out);
    eachRun(context, x.NumElements(), 100, [=](int64_t i, int64_t count) {
      store(to + i, load(back + i, count) * Activation::slope(load(from + i, count)), count);
    });
  }
};

using BijouGelu = Activate<Gelu>;
using BijouGeluGrad = ActivateGrad<Gelu>;
using BijouGeluTanh = Activate<GeluTanh>;
using BijouGeluTanhGrad = ActivateGrad<GeluTanh>;

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
    parallel(context, rowsOf(context->input(0)), width / 4, [=](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++)
        along(width, [&](int64_t i, int64_t count) {
          float* at = x + r * width + i;
          store(at, load(at, count) + load(b + i, count), count);
        });
    });
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

REGISTER_OP("BijouGelu").Input("x: float").Output("y: float");
REGISTER_OP("BijouGeluGrad").Input("x: float").Input("dy: float").Output("dx: float");
REGISTER_OP("BijouGeluTanh").Input("x: float").Output("y: float");
REGISTER_OP("BijouGeluTanhGrad").Input("x: float").Input("dy: float").Output("dx: float");
REGISTER_OP("BijouAddBias").Input("x: float").Input("bias: float").SetIsStateful();
REGISTER_OP("BijouBiasGrad").Input("dy: float").Output("sums: float");
BIJOU_KERNEL(BijouGelu);
BIJOU_KERNEL(BijouGeluGrad);
BIJOU_KERNEL(BijouGeluTanh);
BIJOU_KERNEL(BijouGeluTanhGrad);
BIJOU_KERNEL(BijouAddBias);
BIJOU_KERNEL(BijouBiasGrad);

}  // namespace bijou
