// The two-layer perceptron, W2 f(W1 x + b1) + b2 with an activation f, and its gradient, row by row where there are many rows: what is as wide as
// the hidden layer is then read again while it is near.
#pragma once

#include "Activation.h"
#include "Gelu.h"
#include "Product.h"

namespace bijou {

// ---------------------------------------------------------------- model

struct HiddenRows;

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

  int64_t runs() const { return rowRuns(m); }

  int64_t start(int64_t run) const { return m * run / runs(); }

  /// Whether both layers are done run by run. Few rows are not enough runs for all threads.
  bool byRuns() const { return runs() >= 8; }

  int64_t cost() const { return std::max<int64_t>(1, m * h * (k + n) / LANES / std::max<int64_t>(1, runs())); }
};

// ----------------------------------------------------------- combinators

/// The columns `left` to `right` - 1 of `count` rows of a, with the bias, and behind them f of it; both have h columns.
template <class Activation>
void activate(float* a, const float* bias, float* behind, int64_t h, int64_t count, int64_t left, int64_t right) {
  for (int64_t r = 0; r < count; r++)
    along(right - left, [&](int64_t j, int64_t lanes) {
      const int64_t at = r * h + left + j;
      const Vector sum = load(a + at, lanes) + load(bias + left + j, lanes);
      store(a + at, sum, lanes);
      store(behind + at, Activation::value(sum), lanes);
    });
}

/// The columns `left` to `right` - 1 of `count` rows of da, times the slope of f at a; and their sums.
template <class Activation>
void pullActivation(float* da, const float* a, float* sum, int64_t h, int64_t count, int64_t left, int64_t right) {
  std::memset(sum + left, 0, 4 * (right - left));
  for (int64_t r = 0; r < count; r++)
    along(right - left, [&](int64_t j, int64_t lanes) {
      const int64_t at = r * h + left + j;
      const Vector slope = load(da + at, lanes) * Activation::slope(load(a + at, lanes));
      store(da + at, slope, lanes);
      store(sum + left + j, load(sum + left + j, lanes) + slope, lanes);
    });
}

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
    const Matrix rows{read(x), of.k, 1}, up{read(w1), of.h, 1}, down{read(w2), of.n, 1};
    const float *bias1 = read(b1), *bias2 = read(b2);
    float *to = write(y), *wide = write(a);
    const auto finish = [=](int64_t, int64_t top, int64_t bottom, int64_t left, int64_t right) {
      addBias(to, bias2, of.n, top, bottom, left, right);
    };
    Tensor holder1, holder2;
    if (!of.byRuns()) {
      float* behind = room(context, &holder1, of.m * of.h);
      if (behind == nullptr) return;
      multiplyAndFinish(context, of.m, of.h, of.k, rows, up, wide,
                        [=](int64_t, int64_t top, int64_t bottom, int64_t left, int64_t right) {
                          activate<Activation>(wide + top * of.h, bias1, behind + top * of.h, of.h, bottom - top, left, right);
                        });
      return multiplyAndFinish(context, of.m, of.n, of.h, {behind, of.h, 1}, down, to, finish);
    }
    const Panels first = pack(context, &holder1, up, of.m, of.h, of.k);
    const Panels second = pack(context, &holder2, down, of.m, of.n, of.h);
    if (first.place == nullptr || second.place == nullptr) return;
    parallel(context, of.runs(), of.cost(), [=](int64_t begin, int64_t end) {
      for (int64_t run = begin; run < end; run++) {
        const int64_t top = of.start(run), bottom = of.start(run + 1);
        float* behind = scratch<HiddenRows>((bottom - top) * of.h);
        multiplyPart(rows, first, of.k, of.h, top, bottom, 0, panels(of.h), wide, of.h);
        activate<Activation>(wide + top * of.h, bias1, behind, of.h, bottom - top, 0, of.h);
        multiplyPart({behind, of.h, 1}, second, of.h, of.n, 0, bottom - top, 0, panels(of.n), to + top * of.n, of.n);
        finish(run, top, bottom, 0, of.n);
      }
    });
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
    Tensor holder0, holder1, holder2, holder3;
    float *da = room(context, &holder0, of.m * of.h), *sums = room(context, &holder1, of.runs() * of.h);
    if (dx == nullptr || dw1 == nullptr || db1 == nullptr || dw2 == nullptr || db2 == nullptr || da == nullptr || sums == nullptr)
      return;
    const Matrix rows{read(dy), of.n, 1}, up{read(w1), 1, of.h}, down{read(w2), 1, of.n};
    const float* wide = read(a);
    float* to = write(dx);
    // The products with a come first: what they read is then near for the rest.
    multiplyOne(context, of.h, of.n, of.m, {wide, 1, of.h}, rows, write(dw2), [](Vector v) { return Activation::value(v); });
    if (of.byRuns()) {
      const Panels first = pack(context, &holder2, down, of.m, of.h, of.n);
      const Panels second = pack(context, &holder3, up, of.m, of.k, of.h);
      if (first.place == nullptr || second.place == nullptr) return;
      parallel(context, of.runs(), of.cost(), [=](int64_t begin, int64_t end) {
        for (int64_t run = begin; run < end; run++) {
          const int64_t top = of.start(run), bottom = of.start(run + 1), at = top * of.h;
          multiplyPart(rows, first, of.n, of.h, top, bottom, 0, panels(of.h), da, of.h);
          pullActivation<Activation>(da + at, wide + at, sums + run * of.h, of.h, bottom - top, 0, of.h);
          multiplyPart({da, of.h, 1}, second, of.h, of.k, top, bottom, 0, panels(of.k), to, of.k);
        }
      });
    } else {
      multiplyAndFinish(context, of.m, of.h, of.n, rows, down, da,
                        [=](int64_t run, int64_t top, int64_t bottom, int64_t left, int64_t right) {
                          const int64_t at = top * of.h;
                          pullActivation<Activation>(da + at, wide + at, sums + run * of.h, of.h, bottom - top, left, right);
                        });
      multiplyOne(context, of.m, of.k, of.h, {da, of.h, 1}, up, to);
    }
    float* total = write(db1);
    std::memset(total, 0, 4 * of.h);
    for (int64_t run = 0; run < of.runs(); run++)
      for (int64_t j = 0; j < of.h; j++) total[j] += sums[run * of.h + j];
    multiplyOne(context, of.k, of.h, of.m, {read(x), 1, of.k}, {da, of.h, 1}, write(dw1));
    sumRows(context, rows.place, of.m, of.n, write(db2));
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
