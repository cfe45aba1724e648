// The Gaussian error linear unit of tensors, exact and by tanh.
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

REGISTER_OP("BijouGelu").Input("x: float").Output("y: float");
REGISTER_OP("BijouGeluGrad").Input("x: float").Input("dy: float").Output("dx: float");
REGISTER_OP("BijouGeluTanh").Input("x: float").Output("y: float");
REGISTER_OP("BijouGeluTanhGrad").Input("x: float").Input("dy: float").Output("dx: float");
BIJOU_KERNEL(BijouGelu);
BIJOU_KERNEL(BijouGeluGrad);
BIJOU_KERNEL(BijouGeluTanh);
BIJOU_KERNEL(BijouGeluTanhGrad);

}  // namespace bijou
