// The Gaussian error linear unit, x Phi(x), with a bias and without; and the sums over rows that are the gradients of biases.
#pragma once

#include "Pool.h"
#include "Vector.h"

namespace bijou {

/// x Phi(x).
class BijouGelu : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    Tensor* out = make(context, 0, x.shape());
    if (out == nullptr) return;
    const float* from = read(x);
    float* to = write(out);
    eachRun(context, x.NumElements(), 60, [=](int64_t i, int64_t count) {
      const Vector a = load(from + i, count);
      store(to + i, a * cumulative(a), count);
    });
  }
};

/// dy (Phi(x) + x phi(x)).
class BijouGeluGrad : public OpKernel {
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
      store(to + i, load(back + i, count) * geluSlope(load(from + i, count)), count);
    });
  }
};

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

/// a = x + bias, over x, which is the caller's own; the output is gelu(a).
class BijouBiasGelu : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& bias = context->input(1);
    const int64_t width = widthOf(context->input(0));
    OP_REQUIRES(context, bias.NumElements() == width, absl::InvalidArgumentError("The bias has the width of x."));
    Tensor* out = make(context, 0, context->input(0).shape());
    if (out == nullptr) return;
    float *x = overwrite(context, 0), *to = write(out);
    const float* b = read(bias);
    parallel(context, rowsOf(context->input(0)), 4 * width, [=](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++)
        along(width, [&](int64_t i, int64_t count) {
          const int64_t at = r * width + i;
          const Vector a = load(x + at, count) + load(b + i, count);
          store(x + at, a, count);
          store(to + at, a * cumulative(a), count);
        });
    });
  }
};

/// dx = dy gelu'(a), over dy, which is the caller's own; the output is the sum of dx over rows.
class BijouBiasGeluGrad : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    const int64_t width = widthOf(x), rows = rowsOf(x);
    OP_REQUIRES(context, context->input(1).NumElements() == x.NumElements(),
                absl::InvalidArgumentError("dy has the shape of x."));
    Tensor* dbias = make(context, 0, TensorShape({width}));
    Tensor holder;
    float* sums = room(context, &holder, CHUNKS * width);
    if (dbias == nullptr || sums == nullptr) return;
    const float* from = read(x);
    float* dy = overwrite(context, 1);
    parallel(context, CHUNKS, rows * width / 2, [=](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; c++) {
        float* sum = sums + c * width;
        std::memset(sum, 0, 4 * width);
        for (int64_t r = chunkStart(rows, c); r < chunkStart(rows, c + 1); r++)
          along(width, [&](int64_t i, int64_t count) {
            const int64_t at = r * width + i;
            const Vector dx = load(dy + at, count) * geluSlope(load(from + at, count));
            store(dy + at, dx, count);
            store(sum + i, load(sum + i, count) + dx, count);
          });
      }
    });
    addChunks(sums, width, write(dbias));
  }
};

/// The sum over rows.
class BijouBiasGrad : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    const int64_t width = widthOf(x), rows = rowsOf(x);
    Tensor* out = make(context, 0, TensorShape({width}));
    Tensor holder;
    float* sums = room(context, &holder, CHUNKS * width);
    if (out == nullptr || sums == nullptr) return;
    const float* from = read(x);
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
    addChunks(sums, width, write(out));
  }
};

REGISTER_OP("BijouGelu").Input("x: float").Output("y: float");
REGISTER_OP("BijouGeluGrad").Input("x: float").Input("dy: float").Output("dx: float");
REGISTER_OP("BijouAddBias").Input("x: float").Input("bias: float").SetIsStateful();
REGISTER_OP("BijouBiasGelu").Input("x: float").Input("bias: float").Output("y: float").SetIsStateful();
REGISTER_OP("BijouBiasGeluGrad").Input("x: float").Input("dy: float").Output("dbias: float").SetIsStateful();
REGISTER_OP("BijouBiasGrad").Input("dy: float").Output("sums: float");
BIJOU_KERNEL(BijouGelu);
BIJOU_KERNEL(BijouGeluGrad);
BIJOU_KERNEL(BijouAddBias);
BIJOU_KERNEL(BijouBiasGelu);
BIJOU_KERNEL(BijouBiasGeluGrad);
BIJOU_KERNEL(BijouBiasGrad);

}  // namespace bijou
