// Sums of two tensors.
#pragma once

#include "Pool.h"
#include "Vector.h"

namespace bijou {

/// x + y, of one shape.
class BijouAdd : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &y = context->input(1);
    OP_REQUIRES(context, x.shape() == y.shape(), absl::InvalidArgumentError("x and y are of one shape."));
    Tensor* out = make(context, 0, x.shape());
    if (out == nullptr) return;
    const float *left = read(x), *right = read(y);
    float* to = write(out);
    eachRun(context, x.NumElements(), 1, [=](int64_t i, int64_t count) {
      store(to + i, load(left + i, count) + load(right + i, count), count);
    });
  }
};

REGISTER_OP("BijouAdd").Input("x: float").Input("y: float").Output("sum: float");
BIJOU_KERNEL(BijouAdd);

}  // namespace bijou
