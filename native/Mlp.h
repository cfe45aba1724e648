// The two-layer perceptron, W2 f(W1 x + b1) + b2 with an activation f, and its gradient: one operation each, as JavaScript takes longer between two
// of them than some take.
#pragma once

#include "Activation.h"
#include "Bias.h"
#include "Product.h"

namespace bijou {

// ---------------------------------------------------------------- model

/// The sizes of a perceptron of m rows: k inputs, h hidden, n outputs.
struct Perceptron {
  int64_t m, k, h, n;

  Perceptron(const Tensor& x, const Tensor& w1, const Tensor& w2)
      : m(rowsOf(x)), k(widthOf(x)), h(widthOf(w1)), n(widthOf(w2)) {}

  static absl::Status check(const Tensor& x, const Tensor& w1, const Tensor& w2) {
    const bool fit = w1.dims() == 2 && w2.dims() == 2 && w1.dim_size(0) == widthOf(x) && w2.dim_size(0) == w1.dim_size(1);
    if (fit) return absl::OkStatus();
    return absl::InvalidArgumentError("The weights do not fit the last axis of x, or each other.");
  }
};

// ----------------------------------------------------------- operations

/// Its value, and a = W1 x + b1.
template <class Activation>
class Evaluate : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &w1 = context->input(1), &b1 = context->input(2), &w2 = context->input(3),
                 &b2 = context->input(4);
    OP_REQUIRES_OK(context, Perceptron::check(x, w1, w2));
    const Perceptron of(x, w1, w2);
    OP_REQUIRES(context, b1.NumElements() == of.h && b2.NumElements() == of.n,
                absl::InvalidArgumentError("A bias is as wide as its weight."));
    TensorShape outer = x.shape(), inner = x.shape();
    outer.set_dim(x.dims() - 1, of.n);
    inner.set_dim(x.dims() - 1, of.h);
    Tensor *y = make(context, 0, outer), *a = make(context, 1, inner);
    if (y == nullptr || a == nullptr || y->NumElements() == 0) return;
    Tensor holder;
    float* hidden = room(context, &holder, of.m * of.h);
    if (hidden == nullptr) return;
    const float *bias1 = read(b1), *bias2 = read(b2);
    float *to = write(y), *wide = write(a);
    const auto activate = [=](int64_t, int64_t top, int64_t bottom, int64_t left, int64_t right) {
      for (int64_t r = top; r < bottom; r++)
        along(right - left, [&](int64_t j, int64_t count) {
          const int64_t at = r * of.h + left + j;
          const Vector sum = load(wide + at, count) + load(bias1 + left + j, count);
          store(wide + at, sum, count);
          store(hidden + at, Activation::value(sum), count);
        });
    };
    const auto finish = [=](int64_t, int64_t top, int64_t bottom, int64_t left, int64_t right) {
      addBias(to, bias2, of.n, top, bottom, left, right);
    };
    multiplyAndFinish(context, of.m, of.h, of.k, {read(x), of.k, 1}, {read(w1), of.h, 1}, wide, activate);
    multiplyAndFinish(context, of.m, of.n, of.h, {hidden, of.h, 1}, {read(w2), of.n, 1}, to, finish);
  }
};

/// With da = (dy W2^T) f'(a): dx = da W1^T, dW1 = x^T da, db1 the sum of da, dW2 = f(a)^T dy, db2 the sum of dy.
template <class Activation>
class EvaluateGrad : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &a = context->input(1), &w1 = context->input(2), &w2 = context->input(3),
                 &dy = context->input(4);
    OP_REQUIRES_OK(context, Perceptron::check(x, w1, w2));
    const Perceptron of(x, w1, w2);
    OP_REQUIRES(context, a.NumElements() == of.m * of.h && dy.NumElements() == of.m * of.n,
                absl::InvalidArgumentError("a has the shape of W1 x, and dy that of its perceptron."));
    Tensor *dx = make(context, 0, x.shape()), *dw1 = make(context, 1, w1.shape()), *db1 = make(context, 2, TensorShape({of.h}));
    Tensor *dw2 = make(context, 3, w2.shape()), *db2 = make(context, 4, TensorShape({of.n}));
    const int64_t runs = rowRuns(of.m);
    Tensor holder1, holder2;
    float *da = room(context, &holder1, of.m * of.h), *sums = room(context, &holder2, runs * of.h);
    if (dx == nullptr || dw1 == nullptr || db1 == nullptr || dw2 == nullptr || db2 == nullptr || da == nullptr || sums == nullptr)
      return;
    const float* wide = read(a);
    // f(a) stands where da will.
    eachRun(context, of.m * of.h, 60, [=](int64_t i, int64_t count) { store(da + i, Activation::value(load(wide + i, count)), count); });
    multiplyOne(context, of.h, of.n, of.m, {da, 1, of.h}, {read(dy), of.n, 1}, write(dw2));
    const auto slope = [=](int64_t run, int64_t top, int64_t bottom, int64_t left, int64_t right) {
      float* sum = sums + run * of.h;
      std::memset(sum + left, 0, 4 * (right - left));
      for (int64_t r = top; r < bottom; r++)
        along(right - left, [&](int64_t j, int64_t count) {
          const int64_t at = r * of.h + left + j;
          const Vector change = load(da + at, count) * Activation::slope(load(wide + at, count));
          store(da + at, change, count);
          store(sum + left + j, load(sum + left + j, count) + change, count);
        });
    };
    multiplyAndFinish(context, of.m, of.h, of.n, {read(dy), of.n, 1}, {read(w2), 1, of.n}, da, slope);
    multiplyOne(context, of.m, of.k, of.h, {da, of.h, 1}, {read(w1), 1, of.h}, write(dx));
    float* total = write(db1);
    std::memset(total, 0, 4 * of.h);
    for (int64_t run = 0; run < runs; run++)
      for (int64_t j = 0; j < of.h; j++) total[j] += sums[run * of.h + j];
    multiplyOne(context, of.k, of.h, of.m, {read(x), 1, of.k}, {da, of.h, 1}, write(dw1));
    sumRows(context, read(dy), of.m, of.n, write(db2));
  }
};

using BijouMlp = Evaluate<Gelu>;
using BijouMlpGrad = EvaluateGrad<Gelu>;
using BijouMlpTanh = Evaluate<GeluTanh>;
using BijouMlpTanhGrad = EvaluateGrad<GeluTanh>;

#define BIJOU_MLP(Kernel)       \
  REGISTER_OP(#Kernel)          \
      .Input("x: float")        \
      .Input("w1: float")       \
      .Input("b1: float")       \
      .Input("w2: float")       \
      .Input("b2: float")       \
      .Output("y: float")       \
      .Output("a: float");      \
  BIJOU_KERNEL(Kernel)

#define BIJOU_MLP_GRAD(Kernel)  \
  REGISTER_OP(#Kernel)          \
      .Input("x: float")        \
      .Input("a: float")        \
      .Input("w1: float")       \
      .Input("w2: float")       \
      .Input("dy: float")       \
      .Output("dx: float")      \
      .Output("dw1: float")     \
      .Output("db1: float")     \
      .Output("dw2: float")     \
      .Output("db2: float");    \
  BIJOU_KERNEL(Kernel)

BIJOU_MLP(BijouMlp);
BIJOU_MLP(BijouMlpTanh);
BIJOU_MLP_GRAD(BijouMlpGrad);
BIJOU_MLP_GRAD(BijouMlpTanhGrad);

}  // namespace bijou
