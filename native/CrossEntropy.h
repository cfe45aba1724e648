// The loss of a classifier: the mean over rows of log(sum of exp(x)) - x[target].
#pragma once

#include "Pool.h"
#include "Vector.h"

namespace bijou {

/// The greatest of a row, and the sum of exp(x - greatest).
inline void summarize(const float* row, int64_t classes, float* greatestOf, float* sumOf) {
  Vector most = splat(-INFINITY);
  along(classes, [&](int64_t i, int64_t count) { most = greater(first(load(row + i, count), count, -INFINITY), most); });
  const float top = greatest(most);
  Vector sum{};
  along(classes, [&](int64_t i, int64_t count) { sum += first(exponential(load(row + i, count) - splat(top)), count, 0.f); });
  *greatestOf = top;
  *sumOf = total(sum);
}

/// Logits and targets that fit, or an error.
inline absl::Status checkTargets(const Tensor& logits, const Tensor& targets) {
  const int64_t rows = rowsOf(logits), classes = widthOf(logits);
  if (targets.NumElements() != rows) return absl::InvalidArgumentError("There is one target for each row.");
  const int32_t* ids = targets.flat<int32_t>().data();
  for (int64_t r = 0; r < rows; r++)
    if (ids[r] < 0 || ids[r] >= classes)
      return absl::InvalidArgumentError("The target of row " + std::to_string(r) + " is class " + std::to_string(ids[r]) +
                                        ", but there are the classes 0 to " + std::to_string(classes - 1) + ".");
  return absl::OkStatus();
}

class BijouCrossEntropy : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &logits = context->input(0), &targets = context->input(1);
    OP_REQUIRES_OK(context, checkTargets(logits, targets));
    const int64_t rows = rowsOf(logits), classes = widthOf(logits);
    Tensor* out = make(context, 0, TensorShape({}));
    if (out == nullptr) return;
    std::vector<double> losses(rows);
    const float* from = read(logits);
    const int32_t* ids = targets.flat<int32_t>().data();
    parallel(context, rows, 4 * classes, [&](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++) {
        float top, sum;
        summarize(from + r * classes, classes, &top, &sum);
        losses[r] = (double)top + std::log((double)sum) - from[r * classes + ids[r]];
      }
    });
    double loss = 0;
    for (const double part : losses) loss += part;
    write(out)[0] = (float)(loss / rows);
  }
};

/// (softmax(x) - one at the target) dy / rows.
class BijouCrossEntropyGrad : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &logits = context->input(0), &targets = context->input(1);
    OP_REQUIRES_OK(context, checkTargets(logits, targets));
    const int64_t rows = rowsOf(logits), classes = widthOf(logits);
    Tensor* out = make(context, 0, logits.shape());
    if (out == nullptr) return;
    const float weight = read(context->input(2))[0] / rows;
    const float* from = read(logits);
    float* to = write(out);
    const int32_t* ids = targets.flat<int32_t>().data();
    parallel(context, rows, 6 * classes, [=](int64_t begin, int64_t end) {
      for (int64_t r = begin; r < end; r++) {
        const float* row = from + r * classes;
        float top, sum;
        summarize(row, classes, &top, &sum);
        const Vector share = splat(weight / sum);
        along(classes, [&](int64_t i, int64_t count) {
          store(to + r * classes + i, exponential(load(row + i, count) - splat(top)) * share, count);
        });
        to[r * classes + ids[r]] -= weight;
      }
    });
  }
};

REGISTER_OP("BijouCrossEntropy").Input("logits: float").Input("targets: int32").Output("loss: float");
REGISTER_OP("BijouCrossEntropyGrad").Input("logits: float").Input("targets: int32").Input("dy: float").Output("dx: float");
BIJOU_KERNEL(BijouCrossEntropy);
BIJOU_KERNEL(BijouCrossEntropyGrad);

}  // namespace bijou
