// BDIA's arithmetic on the grid of 2^-l, exact but for the one rounding Q, and the parities of activations, 32 in a word.
//
//     next     = g (previous + s 2^-l) + Q,     Q = round_half_even(own x + change h) 2^-l + 0,     s the parity of previous 2^l
//     previous = (next - Q) / g - s 2^-l
//
// The coefficients are `[., batch]`: own = (1-g) 2^l, change = (1+g) 2^l, and g, each one a sample. Bit i mod 32 of word i div 32 is the parity
// of element i; bits behind the last element are 0.
#pragma once

#include "Pool.h"
#include "Vector.h"

namespace bijou {

// ---------------------------------------------------------------- model

constexpr int64_t BITS = 32;

/// One coefficient for each of the 32 elements of a word, which may belong to several samples.
class Coefficients {
 public:
  Coefficients(const float* perSample, int64_t samples, int64_t elements)
      : given(perSample), each(std::max<int64_t>(1, elements / std::max<int64_t>(1, samples))), samples(samples) {}

  /// The coefficients of the elements from `start` on.
  const float* at(int64_t start) {
    const int64_t sample = start / each;
    const bool inside = start + BITS <= (sample + 1) * each;
    if (inside && sample == whole) return room;
    whole = inside ? sample : -1;
    for (int64_t i = 0; i < BITS; i++) room[i] = given[std::min(samples - 1, (start + i) / each)];
    return room;
  }

 private:
  const float* given;
  int64_t each, samples, whole = -1;
  float room[BITS];
};

// ----------------------------------------------------------- combinators

/// Q((1-g) x + (1+g) h): both products and their sum are rounded to float32, the sum half to even onto the grid, and every zero is +0.
inline Vector rounded(Vector x, Vector h, Vector own, Vector change, Vector step) {
  return nearest(x * own + h * change) * step + Vector{};
}

/// `step` in the lanes whose bit is set.
inline Vector steps(uint32_t bits, Vector step) {
  return ((splat((int32_t)bits) >> lanes()) & 1) != 0 ? step : Vector{};
}

/// Calls `body(w, i, count)` for every run of up to LANES elements from i on, of word w, in order, after `open(w)` and before `close(w)`.
template <class Open, class Body, class Close>
inline void alongWords(int64_t begin, int64_t end, int64_t n, Open open, Body body, Close close) {
  for (int64_t w = begin; w < end; w++) {
    open(w);
    for (int64_t i = w * BITS; i < std::min(n, (w + 1) * BITS); i += LANES) body(w, i, std::min<int64_t>(LANES, n - i));
    close(w);
  }
}

inline int64_t wordsFor(int64_t n) { return (n + BITS - 1) / BITS; }

/// Tensors of one shape, and coefficients for as many samples, or an error.
inline absl::Status checkShapes(OpKernelContext* context, std::initializer_list<int> alike) {
  const Tensor& x = context->input(0);
  for (const int i : alike)
    if (context->input(i).NumElements() != x.NumElements())
      return absl::InvalidArgumentError("Activations of one block have one shape.");
  return absl::OkStatus();
}

// ----------------------------------------------------------- operations

class BijouUpdate : public OpKernel {
 public:
  explicit BijouUpdate(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("scale", &scale));
  }

  void Compute(OpKernelContext* context) override {
    OP_REQUIRES_OK(context, checkShapes(context, {1, 2}));
    const Tensor& coefficients = context->input(3);
    const int64_t n = context->input(0).NumElements(), samples = widthOf(coefficients);
    Tensor *next = make(context, 0, context->input(0).shape()), *words = nullptr;
    OP_REQUIRES_OK(context, context->allocate_output(1, TensorShape({wordsFor(n)}), &words));
    if (next == nullptr) return;
    const float *before = read(context->input(0)), *x = read(context->input(1)), *h = read(context->input(2));
    const float* given = read(coefficients);
    float* to = write(next);
    int32_t* bits = words->flat<int32_t>().data();
    const Vector up = splat(scale), down = splat(1.f / scale);
    parallel(context, wordsFor(n), 40, [=](int64_t begin, int64_t end) {
      Coefficients own(given, samples, n), change(given + samples, samples, n), gamma(given + 2 * samples, samples, n);
      const float *a = nullptr, *b = nullptr, *g = nullptr;
      uint32_t word = 0;
      alongWords(
          begin, end, n,
          [&](int64_t w) { a = own.at(w * BITS), b = change.at(w * BITS), g = gamma.at(w * BITS), word = 0; },
          [&](int64_t w, int64_t i, int64_t count) {
            const int64_t j = i - w * BITS;
            const Vector previous = load(before + i, count);
            const uint32_t odd = parities(previous * up);
            word |= odd << j;
            const Vector lifted = previous + steps(odd, down);
            const Vector q = rounded(load(x + i, count), load(h + i, count), load(a + j), load(b + j), down);
            store(to + i, load(g + j) * lifted + q, count);
          },
          [&](int64_t w) { bits[w] = (int32_t)word; });
    });
  }

 private:
  float scale;
};

class BijouInverse : public OpKernel {
 public:
  explicit BijouInverse(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("scale", &scale));
  }

  void Compute(OpKernelContext* context) override {
    OP_REQUIRES_OK(context, checkShapes(context, {1, 2}));
    const Tensor &words = context->input(3), &coefficients = context->input(4);
    const int64_t n = context->input(0).NumElements(), samples = widthOf(coefficients);
    OP_REQUIRES(context, words.NumElements() == wordsFor(n), absl::InvalidArgumentError("The plane is of another shape."));
    Tensor* previous = make(context, 0, context->input(0).shape());
    if (previous == nullptr) return;
    const float *x = read(context->input(0)), *next = read(context->input(1)), *h = read(context->input(2));
    const float* given = read(coefficients);
    const int32_t* bits = words.flat<int32_t>().data();
    float* to = write(previous);
    const Vector down = splat(1.f / scale);
    parallel(context, wordsFor(n), 40, [=](int64_t begin, int64_t end) {
      Coefficients own(given, samples, n), change(given + samples, samples, n), over(given + 2 * samples, samples, n);
      const float *a = nullptr, *b = nullptr, *o = nullptr;
      alongWords(
          begin, end, n, [&](int64_t w) { a = own.at(w * BITS), b = change.at(w * BITS), o = over.at(w * BITS); },
          [&](int64_t w, int64_t i, int64_t count) {
            const int64_t j = i - w * BITS;
            const Vector q = rounded(load(x + i, count), load(h + i, count), load(a + j), load(b + j), down);
            const Vector lifted = (load(next + i, count) - q) * load(o + j);
            store(to + i, lifted - steps((uint32_t)bits[w] >> j, down) + Vector{}, count);
          },
          [](int64_t) {});
    });
  }

 private:
  float scale;
};

/// g dn, and (dx + (1-g) dn) + jx in this order; the coefficients are g and 1 - g.
class BijouCotangent : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    OP_REQUIRES_OK(context, checkShapes(context, {1, 2}));
    const Tensor& coefficients = context->input(3);
    const int64_t n = context->input(0).NumElements(), samples = widthOf(coefficients);
    Tensor *previous = make(context, 0, context->input(0).shape()), *current = make(context, 1, context->input(0).shape());
    if (previous == nullptr || current == nullptr) return;
    const float *dx = read(context->input(0)), *dn = read(context->input(1)), *jx = read(context->input(2));
    const float* given = read(coefficients);
    float *toPrevious = write(previous), *toCurrent = write(current);
    parallel(context, wordsFor(n), 24, [=](int64_t begin, int64_t end) {
      Coefficients gamma(given, samples, n), rest(given + samples, samples, n);
      const float *g = nullptr, *r = nullptr;
      alongWords(
          begin, end, n, [&](int64_t w) { g = gamma.at(w * BITS), r = rest.at(w * BITS); },
          [&](int64_t w, int64_t i, int64_t count) {
            const int64_t j = i - w * BITS;
            const Vector d = load(dn + i, count);
            store(toPrevious + i, load(g + j) * d, count);
            store(toCurrent + i, (load(dx + i, count) + load(r + j) * d) + load(jx + i, count), count);
          },
          [](int64_t) {});
    });
  }
};

/// Q alone.
class BijouDrift : public OpKernel {
 public:
  explicit BijouDrift(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("scale", &scale));
  }

  void Compute(OpKernelContext* context) override {
    OP_REQUIRES_OK(context, checkShapes(context, {1}));
    const Tensor& coefficients = context->input(2);
    const int64_t n = context->input(0).NumElements(), samples = widthOf(coefficients);
    Tensor* out = make(context, 0, context->input(0).shape());
    if (out == nullptr) return;
    const float *x = read(context->input(0)), *h = read(context->input(1)), *given = read(coefficients);
    float* to = write(out);
    const Vector down = splat(1.f / scale);
    parallel(context, wordsFor(n), 24, [=](int64_t begin, int64_t end) {
      Coefficients own(given, samples, n), change(given + samples, samples, n);
      const float *a = nullptr, *b = nullptr;
      alongWords(
          begin, end, n, [&](int64_t w) { a = own.at(w * BITS), b = change.at(w * BITS); },
          [&](int64_t w, int64_t i, int64_t count) {
            const int64_t j = i - w * BITS;
            store(to + i, rounded(load(x + i, count), load(h + i, count), load(a + j), load(b + j), down), count);
          },
          [](int64_t) {});
    });
  }

 private:
  float scale;
};

/// The parities of x 2^l.
class BijouPack : public OpKernel {
 public:
  explicit BijouPack(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("scale", &scale));
  }

  void Compute(OpKernelContext* context) override {
    const int64_t n = context->input(0).NumElements();
    Tensor* words = make(context, 0, TensorShape({wordsFor(n)}));
    if (words == nullptr) return;
    const float* x = read(context->input(0));
    int32_t* bits = words->flat<int32_t>().data();
    const Vector up = splat(scale);
    parallel(context, wordsFor(n), 12, [=](int64_t begin, int64_t end) {
      uint32_t word = 0;
      alongWords(
          begin, end, n, [&](int64_t) { word = 0; },
          [&](int64_t w, int64_t i, int64_t count) { word |= parities(load(x + i, count) * up) << (i - w * BITS); },
          [&](int64_t w) { bits[w] = (int32_t)word; });
    });
  }

 private:
  float scale;
};

/// x + s d, with every zero +0.
class BijouShift : public OpKernel {
 public:
  explicit BijouShift(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("by", &by));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &words = context->input(1);
    const int64_t n = x.NumElements();
    OP_REQUIRES(context, words.NumElements() == wordsFor(n), absl::InvalidArgumentError("The plane is of another shape."));
    Tensor* out = make(context, 0, x.shape());
    if (out == nullptr) return;
    const float* from = read(x);
    const int32_t* bits = words.flat<int32_t>().data();
    float* to = write(out);
    const Vector d = splat(by);
    parallel(context, wordsFor(n), 12, [=](int64_t begin, int64_t end) {
      alongWords(
          begin, end, n, [](int64_t) {},
          [&](int64_t w, int64_t i, int64_t count) {
            store(to + i, load(from + i, count) + steps((uint32_t)bits[w] >> (i - w * BITS), d) + Vector{}, count);
          },
          [](int64_t) {});
    });
  }

 private:
  float by;
};

/// Q(x).
class BijouQuantize : public OpKernel {
 public:
  explicit BijouQuantize(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("scale", &scale));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    Tensor* out = make(context, 0, x.shape());
    if (out == nullptr) return;
    const float* from = read(x);
    float* to = write(out);
    const Vector up = splat(scale), down = splat(1.f / scale);
    eachRun(context, x.NumElements(), 8, [=](int64_t i, int64_t count) {
      store(to + i, nearest(load(from + i, count) * up) * down + Vector{}, count);
    });
  }

 private:
  float scale;
};

/// Every sample times its factor.
class BijouTimes : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &factors = context->input(1);
    const int64_t samples = factors.NumElements(), n = x.NumElements();
    OP_REQUIRES(context, samples > 0 && n % samples == 0, absl::InvalidArgumentError("There is one factor for each sample."));
    Tensor* out = make(context, 0, x.shape());
    if (out == nullptr) return;
    const float *from = read(x), *factor = read(factors);
    float* to = write(out);
    const int64_t each = n / samples;
    parallel(context, samples, each / 4, [=](int64_t begin, int64_t end) {
      for (int64_t s = begin; s < end; s++)
        along(each, [&](int64_t i, int64_t count) {
          store(to + s * each + i, load(from + s * each + i, count) * splat(factor[s]), count);
        });
    });
  }
};

/// The largest |x|; NaN where there is one.
class BijouLargest : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor& x = context->input(0);
    Tensor* out = make(context, 0, TensorShape({}));
    if (out == nullptr) return;
    const float* from = read(x);
    const int64_t n = x.NumElements();
    float found[CHUNKS];
    // The bits of floats without their signs are in the order of the floats, and every NaN is above all numbers.
    parallel(context, CHUNKS, n / CHUNKS / 8, [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; c++) {
        const float* part = from + chunkStart(n, c);
        Whole most{};
        along(chunkStart(n, c + 1) - chunkStart(n, c), [&](int64_t i, int64_t count) {
          const Whole bits = (Whole)load(part + i, count) & 0x7fffffff;
          most = bits > most ? bits : most;
        });
        int32_t top = 0;
        for (int i = 0; i < LANES; i++) top = std::max(top, most[i]);
        std::memcpy(found + c, &top, 4);
      }
    });
    int32_t top = 0;
    for (int64_t c = 0; c < CHUNKS; c++) {
      int32_t bits;
      std::memcpy(&bits, found + c, 4);
      top = std::max(top, bits);
    }
    std::memcpy(write(out), &top, 4);
  }
};

/// In how many elements the bits of two tensors differ, one NaN being like another: exact below 2^24, and never 0 by rounding.
class BijouDiffer : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &y = context->input(1);
    OP_REQUIRES(context, x.shape() == y.shape(), absl::InvalidArgumentError("Two tensors that are compared have one shape."));
    Tensor* out = make(context, 0, TensorShape({}));
    if (out == nullptr) return;
    const bool floats = x.dtype() == tensorflow::DT_FLOAT;
    const int32_t* a = floats ? (const int32_t*)read(x) : x.flat<int32_t>().data();
    const int32_t* b = floats ? (const int32_t*)read(y) : y.flat<int32_t>().data();
    const int64_t n = x.NumElements();
    int64_t found[CHUNKS];
    parallel(context, CHUNKS, n / CHUNKS / 8, [&](int64_t begin, int64_t end) {
      for (int64_t c = begin; c < end; c++) {
        int64_t count = 0;
        const auto isNaN = [&](int32_t bits) { return floats && (bits & 0x7fffffff) > 0x7f800000; };
        for (int64_t i = chunkStart(n, c); i < chunkStart(n, c + 1); i++) count += a[i] != b[i] && !(isNaN(a[i]) && isNaN(b[i]));
        found[c] = count;
      }
    });
    int64_t count = 0;
    for (const int64_t part : found) count += part;
    write(out)[0] = (float)count;
  }
};

REGISTER_OP("BijouUpdate")
    .Input("previous: float")
    .Input("x: float")
    .Input("h: float")
    .Input("coefficients: float")
    .Attr("scale: float")
    .Output("next: float")
    .Output("words: int32");
REGISTER_OP("BijouInverse")
    .Input("x: float")
    .Input("next: float")
    .Input("h: float")
    .Input("words: int32")
    .Input("coefficients: float")
    .Attr("scale: float")
    .Output("previous: float");
REGISTER_OP("BijouCotangent")
    .Input("dx: float")
    .Input("dn: float")
    .Input("jx: float")
    .Input("coefficients: float")
    .Output("dprevious: float")
    .Output("dcurrent: float");
REGISTER_OP("BijouDrift").Input("x: float").Input("h: float").Input("coefficients: float").Attr("scale: float").Output("q: float");
REGISTER_OP("BijouPack").Input("x: float").Attr("scale: float").Output("words: int32");
REGISTER_OP("BijouShift").Input("x: float").Input("words: int32").Attr("by: float").Output("y: float");
REGISTER_OP("BijouQuantize").Input("x: float").Attr("scale: float").Output("y: float");
REGISTER_OP("BijouTimes").Input("x: float").Input("factors: float").Output("y: float");
REGISTER_OP("BijouLargest").Input("x: float").Output("largest: float");
REGISTER_OP("BijouDiffer").Input("x: T").Input("y: T").Attr("T: {float, int32}").Output("count: float");
BIJOU_KERNEL(BijouQuantize);
BIJOU_KERNEL(BijouTimes);
BIJOU_KERNEL(BijouLargest);
BIJOU_KERNEL(BijouDiffer);
BIJOU_KERNEL(BijouUpdate);
BIJOU_KERNEL(BijouInverse);
BIJOU_KERNEL(BijouCotangent);
BIJOU_KERNEL(BijouDrift);
BIJOU_KERNEL(BijouPack);
BIJOU_KERNEL(BijouShift);

}  // namespace bijou
