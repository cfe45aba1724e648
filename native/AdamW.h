// One step of AdamW on one parameter, with the bits of the same operations one by one:
//
//     g = grad shrink,   m' = beta1 m + rest1 g,   v' = beta2 v + rest2 g^2
//     p' = keep p - rate m' / (sqrt(correction v') + epsilon)
#pragma once

#include "Pool.h"
#include "Vector.h"

namespace bijou {

/// `numbers` are beta1, rest1, beta2, rest2, keep, rate, correction and epsilon: an input, since they change with every step.
class BijouAdamW : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& p = context->input(0);
    for (int i = 1; i < 4; i++)
      OP_REQUIRES(context, context->input(i).NumElements() == p.NumElements(),
                  absl::InvalidArgumentError("A parameter, its moments and its gradient have one shape."));
    OP_REQUIRES(context, context->input(5).NumElements() == 8, absl::InvalidArgumentError("There are eight numbers."));
    Tensor *nextP = make(context, 0, p.shape()), *nextM = make(context, 1, p.shape()), *nextV = make(context, 2, p.shape());
    if (nextP == nullptr || nextM == nullptr || nextV == nullptr) return;
    const float *ps = read(p), *ms = read(context->input(1)), *vs = read(context->input(2)), *gs = read(context->input(3));
    const float *number = read(context->input(5)), by = read(context->input(4))[0];
    float *toP = write(nextP), *toM = write(nextM), *toV = write(nextV);
    eachRun(context, p.NumElements(), 40, [=](int64_t i, int64_t count) {
      const Vector g = load(gs + i, count) * splat(by);
      const Vector m = load(ms + i, count) * splat(number[0]) + g * splat(number[1]);
      const Vector v = load(vs + i, count) * splat(number[2]) + g * g * splat(number[3]);
      const Vector scale = root(v * splat(number[6])) + splat(number[7]);
      store(toP + i, load(ps + i, count) * splat(number[4]) - m * splat(number[5]) / scale, count);
      store(toM + i, m, count);
      store(toV + i, v, count);
    });
  }
};

REGISTER_OP("BijouAdamW")
    .Input("p: float")
    .Input("m: float")
    .Input("v: float")
    .Input("grad: float")
    .Input("shrink: float")
    .Input("numbers: float")
    .Output("p_next: float")
    .Output("m_next: float")
    .Output("v_next: float");
BIJOU_KERNEL(BijouAdamW);

}  // namespace bijou
