// As many threads as TensorFlow has. What an operation computes is cut into units whose bits do not depend on who does them, or in which order.
#pragma once

#include <memory>
#include <vector>

#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"
#include "Team.h"
#include "Vector.h"

namespace bijou {

using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;
using tensorflow::TensorShape;

/// Calls `body(first, last)` for runs of the units 0 to `units` - 1, of about `cost` cycles each.
template <class Body>
void parallel(OpKernelContext* context, int64_t units, int64_t cost, Body body) {
  const int64_t threads = context->device()->tensorflow_cpu_worker_threads()->num_threads;
  if (threads == 1 || units * cost < 10000) return body((int64_t)0, units);
  Team::of(threads).run(units, body);
}

/// Calls `body(i, count)` for runs of up to LANES of n elements; `cost` is about the cycles of one.
template <class Body>
void eachRun(OpKernelContext* context, int64_t n, int64_t cost, Body body) {
  const int64_t unit = 64 * LANES;
  parallel(context, (n + unit - 1) / unit, 64 * cost, [=](int64_t begin, int64_t end) {
    const int64_t from = begin * unit, to = std::min(n, end * unit);
    along(to - from, [&](int64_t i, int64_t count) { body(from + i, count); });
  });
}

/// Sums over rows are added up in so many chunks of neighboring rows, whatever the number of threads.
constexpr int64_t CHUNKS = 16;

/// Where chunk c of n rows begins.
inline int64_t chunkStart(int64_t n, int64_t c) { return n * c / CHUNKS; }

/// Room for n floats that this thread may write until it asks again with the same `Use`.
template <class Use>
float* scratch(int64_t n) {
  static thread_local std::unique_ptr<float[]> room;
  static thread_local int64_t size = 0;
  if (size < n + 16) {
    size = n + 16;
    room.reset(new float[size]);
  }
  auto place = reinterpret_cast<uintptr_t>(room.get());
  return reinterpret_cast<float*>((place + 63) & ~(uintptr_t)63);
}

/// The sums of the chunks, which stand one after the other, in their order.
inline void addChunks(const float* sums, int64_t width, float* total) {
  for (int64_t j = 0; j < width; j++) {
    float sum = sums[j];
    for (int64_t c = 1; c < CHUNKS; c++) sum += sums[c * width + j];
    total[j] = sum;
  }
}

/// The last dimension.
inline int64_t widthOf(const Tensor& x) { return x.dims() == 0 ? 1 : x.dim_size(x.dims() - 1); }

/// How many vectors of the last dimension there are.
inline int64_t rowsOf(const Tensor& x) { return widthOf(x) == 0 ? 0 : x.NumElements() / widthOf(x); }

inline const float* read(const Tensor& x) { return x.flat<float>().data(); }

inline float* write(Tensor* x) { return x->flat<float>().data(); }

/// The numbers of an input that is the caller's own, to be written over.
inline float* overwrite(OpKernelContext* context, int i) {
  return const_cast<float*>(context->input(i).flat<float>().data());
}

/// An output of its own; null after an error, which the context then holds.
inline Tensor* make(OpKernelContext* context, int i, const TensorShape& shape) {
  Tensor* out = nullptr;
  const auto status = context->allocate_output(i, shape, &out);
  if (!status.ok()) context->CtxFailure(status);
  return status.ok() ? out : nullptr;
}

/// Room for floats that lasts as long as the operation.
inline float* room(OpKernelContext* context, Tensor* holder, int64_t n) {
  const auto status = context->allocate_temp(tensorflow::DT_FLOAT, TensorShape({n}), holder);
  if (!status.ok()) context->CtxFailure(status);
  return status.ok() ? write(holder) : nullptr;
}

/// The class of an operation is called as the operation is.
#define BIJOU_KERNEL(Kernel) REGISTER_KERNEL_BUILDER(Name(#Kernel).Device(tensorflow::DEVICE_CPU), Kernel)

}  // namespace bijou
