// Matrix products.
//
// The terms of an element are added in their order within runs of DEPTH terms, and the sums of the runs in theirs, so that an element has the
// same bits whatever rows stand beside it, however the product is cut among threads, and whichever side is stored as transposed.
#pragma once

#include <algorithm>

#include "Bias.h"
#include "Pool.h"
#include "Vector.h"

namespace bijou {

// ---------------------------------------------------------------- model

/// A matrix in memory: element [i, j] stands at place[i * row + j * column].
struct Matrix {
  const float* place;
  int64_t row;
  int64_t column;
};

/// Vectors side by side in a tile, and rows below each other: as many sums as registers hold beside the factors.
constexpr int ACROSS = 2;
constexpr int TALL = LANES == 16 ? 14 : LANES == 8 ? 6 : 4;
constexpr int64_t PANEL = ACROSS * LANES;
constexpr int64_t DEPTH = 256;

// ----------------------------------------------------------- combinators

/// Columns of b in panels, each the rows one after the other, with zeros behind the last column. The last panel is one vector wide where that
/// is enough.
inline int64_t panels(int64_t n) { return (n + PANEL - 1) / PANEL; }

inline int64_t panelWidth(int64_t n, int64_t p) { return n - p * PANEL <= LANES ? LANES : PANEL; }

/// The floats that the packed b takes.
inline int64_t packedSize(int64_t k, int64_t n) { return panels(n) * PANEL * k; }

/// Lays `count` columns of x, at most LANES, side by side: out[i * step + j] = x[i, j] for its rows 0 to `depth` - 1, with zeros behind the
/// last column up to LANES, which the next row may write over. One of the strides of x is 1.
inline void packStrip(Matrix x, int64_t depth, int64_t count, int64_t step, float* out) {
  if (x.column == 1) {
    for (int64_t i = 0; i < depth; i++) store(out + i * step, load(x.place + i * x.row, count));
    return;
  }
  for (int64_t i = 0; i < depth; i += LANES) {
    const int64_t rows = std::min<int64_t>(LANES, depth - i);
    Vector block[LANES];
#pragma GCC unroll 16
    for (int j = 0; j < LANES; j++) block[j] = j < count ? load(x.place + j * x.column + i, rows) : Vector{};
    transpose(block);
#pragma GCC unroll 16
    for (int r = 0; r < LANES; r++)
      if (r < rows) store(out + (i + r) * step, block[r]);
  }
}

/// Packs the rows `from` to `to` - 1 of panel p of b.
inline void packPanel(Matrix b, int64_t k, int64_t n, int64_t p, int64_t from, int64_t to, float* packed) {
  const int64_t width = panelWidth(n, p);
  for (int64_t j = 0; j < width; j += LANES) {
    const int64_t at = p * PANEL + j;
    const Matrix strip{b.place + from * b.row + at * b.column, b.row, b.column};
    const int64_t count = std::max<int64_t>(0, std::min<int64_t>(LANES, n - at));
    packStrip(strip, to - from, count, width, packed + p * PANEL * k + from * width + j);
  }
}

/// R rows of a, whose factors of one term stand side by side, by a panel that is V vectors wide and has its rows `step` apart: `depth` terms,
/// added to what stands in `out` unless `fresh`.
template <int R, int V>
void tile(int64_t depth, const float* a, const float* b, int64_t step, float* out, int64_t row, int64_t columns, bool fresh) {
  Vector sums[R][V];
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) sums[r][v] = Vector{};
#pragma GCC unroll 4
  for (int64_t i = 0; i < depth; i++) {
    Vector right[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) right[v] = load(b + i * step + v * LANES);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      const Vector left = splat(a[i * R + r]);
#pragma GCC unroll 2
      for (int v = 0; v < V; v++) sums[r][v] = fused(left, right[v], sums[r][v]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) {
      const int64_t count = columns - v * LANES;
      if (count <= 0) continue;
      float* to = out + r * row + v * LANES;
      store(to, fresh ? sums[r][v] : load(to, count) + sums[r][v], count);
    }
}

template <int V, int R = TALL>
void tileOf(int64_t rows, int64_t depth, const float* a, const float* b, int64_t step, float* out, int64_t row,
            int64_t columns, bool fresh) {
  if constexpr (R > 1)
    if (rows < R) return tileOf<V, R - 1>(rows, depth, a, b, step, out, row, columns, fresh);
  tile<R, V>(depth, a, b, step, out, row, columns, fresh);
}

struct PackedRows;

/// The right side of a product: as it is stored, where that will do, or packed.
struct Panels {
  const float* place;
  /// From row to row of a matrix as it is stored; 0 for a packed one.
  int64_t step;
};

/// Whether b can be read as it is stored: its rows are whole panels, and too few rows of a make use of it to be worth a copy.
inline bool readsInPlace(Matrix b, int64_t m, int64_t n) { return b.column == 1 && n % PANEL == 0 && m <= 1024; }

/// Rows `top` to `bottom` - 1 of a b, for the panels `left` to `right` - 1 of b, into out, which has rows of `row` floats.
inline void multiplyPart(Matrix a, Panels panels, int64_t k, int64_t n, int64_t top, int64_t bottom, int64_t left,
                         int64_t right, float* out, int64_t row) {
  const int64_t tiles = (bottom - top + TALL - 1) / TALL;
  const auto edge = [&](int64_t t) { return top + (bottom - top) * t / tiles; };
  // Where rows of a are columns as stored, a few terms at a time: what the next tile reads is beside what this one has read.
  const int64_t some = a.row == 1 ? 2 * LANES : DEPTH;
  float* copy = scratch<PackedRows>((bottom - top) * std::min(k, DEPTH) + tiles * LANES);
  for (int64_t begin = 0; begin == 0 || begin < k; begin += DEPTH) {
    const int64_t depth = std::min(DEPTH, k - begin);
    const auto place = [&](int64_t t, int64_t i) { return copy + (edge(t) - top) * depth + t * LANES + i * (edge(t + 1) - edge(t)); };
    for (int64_t i = 0; i < depth; i += some)
      for (int64_t t = 0; t < tiles; t++) {
        const Matrix strip{a.place + edge(t) * a.row + (begin + i) * a.column, a.column, a.row};
        packStrip(strip, std::min(some, depth - i), edge(t + 1) - edge(t), edge(t + 1) - edge(t), place(t, i));
      }
    for (int64_t p = left; p < right; p++) {
      const int64_t width = panelWidth(n, p), columns = std::min(width, n - p * PANEL);
      const bool inPlace = panels.step != 0;
      const int64_t step = inPlace ? panels.step : width;
      const float* b = panels.place + (inPlace ? p * PANEL : p * PANEL * k) + begin * step;
      for (int64_t t = 0; t < tiles; t++) {
        const int64_t at = edge(t), tall = edge(t + 1) - at;
        (width == PANEL ? tileOf<ACROSS> : tileOf<1>)(tall, depth, place(t, 0), b, step, out + at * row + p * PANEL,
                                                      row, columns, begin == 0);
      }
    }
  }
}

/// The whole product in this thread; `packed` has room for `packedSize(k, n)` floats.
inline void multiply(int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* packed, float* out, int64_t row) {
  const bool inPlace = readsInPlace(b, m, n);
  if (!inPlace)
    for (int64_t p = 0; p < panels(n); p++) packPanel(b, k, n, p, 0, k, packed);
  multiplyPart(a, inPlace ? Panels{b.place, b.row} : Panels{packed, 0}, k, n, 0, m, 0, panels(n), out, row);
}

struct PackedColumns;

/// Rows are multiplied in so many runs, by the shape alone.
inline int64_t rowRuns(int64_t m) { return (m + 4 * TALL - 1) / (4 * TALL); }

/// One product by all threads. As soon as the columns `left` to `right` - 1 of the rows of run d stand in `out`, and while they are near,
/// `finish(d, top, bottom, left, right)` is called for them.
template <class Finish>
void multiplyAndFinish(OpKernelContext* context, int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* out, Finish finish) {
  if (m == 0 || n == 0) return;
  const bool inPlace = readsInPlace(b, m, n);
  Tensor holder;
  float* packed = room(context, &holder, inPlace ? 1 : std::max<int64_t>(1, packedSize(k, n)));
  if (packed == nullptr) return;
  const int64_t runs = (k + DEPTH - 1) / DEPTH;
  if (!inPlace)
    parallel(context, panels(n) * runs, PANEL * std::min(k, DEPTH) / 2, [&](int64_t first, int64_t last) {
      for (int64_t u = first; u < last; u++)
        packPanel(b, k, n, u / runs, u % runs * DEPTH, std::min(k, (u % runs + 1) * DEPTH), packed);
    });
  const Panels right = inPlace ? Panels{b.place, b.row} : Panels{packed, 0};
  const int64_t downs = rowRuns(m);
  // Where there are few runs of rows, each is cut across: in two, four or eight, which as many threads share evenly.
  int64_t acrosses = 1;
  while (downs * acrosses < 8 && 2 * acrosses <= panels(n)) acrosses *= 2;
  const int64_t cycles = std::max<int64_t>(1, m * n * k / LANES);
  parallel(context, downs * acrosses, std::max<int64_t>(1, cycles / (downs * acrosses)), [&](int64_t first, int64_t last) {
    for (int64_t u = first; u < last; u++) {
      const int64_t d = u / acrosses, across = u % acrosses;
      const int64_t top = m * d / downs, bottom = m * (d + 1) / downs;
      const int64_t from = panels(n) * across / acrosses, to = panels(n) * (across + 1) / acrosses;
      multiplyPart(a, right, k, n, top, bottom, from, to, out, n);
      finish(d, top, bottom, from * PANEL, std::min(n, to * PANEL));
    }
  });
}

inline void multiplyOne(OpKernelContext* context, int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* out) {
  multiplyAndFinish(context, m, n, k, a, b, out, [](int64_t, int64_t, int64_t, int64_t, int64_t) {});
}

/// `batch` products; the matrices of a and of b stand `stepA` and `stepB` floats apart, the results one behind the other.
inline void multiplyAll(OpKernelContext* context, int64_t batch, int64_t m, int64_t n, int64_t k, Matrix a, int64_t stepA,
                        Matrix b, int64_t stepB, float* out) {
  const auto left = [&](int64_t i) { return Matrix{a.place + i * stepA, a.row, a.column}; };
  const auto right = [&](int64_t i) { return Matrix{b.place + i * stepB, b.row, b.column}; };
  const int64_t cycles = std::max<int64_t>(1, m * n * k / LANES);
  if (batch == 1 || cycles > 4000000) {
    for (int64_t i = 0; i < batch; i++) multiplyOne(context, m, n, k, left(i), right(i), out + i * m * n);
    return;
  }
  parallel(context, batch, cycles, [&](int64_t first, int64_t last) {
    float* packed = scratch<PackedColumns>(packedSize(k, n));
    for (int64_t i = first; i < last; i++) multiply(m, n, k, left(i), right(i), packed, out + i * m * n, n);
  });
}

// ----------------------------------------------------------- operations

/// The sizes of x W over all leading axes of x, or of x W^T.
struct Affine {
  int64_t m, n, k;
  Matrix left, right;

  Affine(const Tensor& x, const Tensor& weight, bool turned)
      : m(rowsOf(x)),
        n(weight.dim_size(turned ? 0 : 1)),
        k(widthOf(x)),
        left{read(x), k, 1},
        right(turned ? Matrix{read(weight), 1, k} : Matrix{read(weight), n, 1}) {}

  static absl::Status check(const Tensor& x, const Tensor& weight, bool turned) {
    if (weight.dims() == 2 && weight.dim_size(turned ? 1 : 0) == widthOf(x)) return absl::OkStatus();
    return absl::InvalidArgumentError("The weight does not fit the last axis of x.");
  }

  TensorShape shape(const Tensor& x) const {
    TensorShape shape = x.shape();
    shape.set_dim(x.dims() - 1, n);
    return shape;
  }
};

/// x W, or x W^T.
class BijouMultiply : public OpKernel {
 public:
  explicit BijouMultiply(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("transposed", &transposed));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &weight = context->input(1);
    OP_REQUIRES_OK(context, Affine::check(x, weight, transposed));
    const Affine of(x, weight, transposed);
    Tensor* out = make(context, 0, of.shape(x));
    if (out == nullptr || out->NumElements() == 0) return;
    multiplyOne(context, of.m, of.n, of.k, of.left, of.right, write(out));
  }

 private:
  bool transposed;
};

/// x W + bias.
class BijouAffine : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &weight = context->input(1), &bias = context->input(2);
    OP_REQUIRES_OK(context, Affine::check(x, weight, false));
    const Affine of(x, weight, false);
    OP_REQUIRES(context, bias.NumElements() == of.n, absl::InvalidArgumentError("The bias has the width of x W."));
    Tensor* out = make(context, 0, of.shape(x));
    if (out == nullptr || out->NumElements() == 0) return;
    const float* b = read(bias);
    float* to = write(out);
    const auto finish = [=](int64_t, int64_t top, int64_t bottom, int64_t left, int64_t right) {
      addBias(to, b, of.n, top, bottom, left, right);
    };
    multiplyAndFinish(context, of.m, of.n, of.k, of.left, of.right, to, finish);
  }
};

/// x^T dy over all leading axes: the gradient of x W by W.
class BijouWeightGrad : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &dy = context->input(1);
    const int64_t m = widthOf(x), n = widthOf(dy), k = rowsOf(x);
    OP_REQUIRES(context, rowsOf(dy) == k, absl::InvalidArgumentError("x and dy have other numbers of rows."));
    Tensor* out = make(context, 0, TensorShape({m, n}));
    if (out == nullptr || out->NumElements() == 0) return;
    multiplyOne(context, m, n, k, {read(x), 1, m}, {read(dy), n, 1}, write(out));
  }
};

/// Products of matrices, `[batch, ., .]` each, or one b for all.
class BijouMatMul : public OpKernel {
 public:
  explicit BijouMatMul(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("transpose_a", &transposeA));
    OP_REQUIRES_OK(context, context->GetAttr("transpose_b", &transposeB));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &a = context->input(0), &b = context->input(1);
    const int da = a.dims(), db = b.dims();
    OP_REQUIRES(context, da >= 2 && db >= 2, absl::InvalidArgumentError("Matrices have two axes."));
    const int64_t rowsA = a.dim_size(da - 2), columnsA = a.dim_size(da - 1);
    const int64_t rowsB = b.dim_size(db - 2), columnsB = b.dim_size(db - 1);
    const int64_t m = transposeA ? columnsA : rowsA, k = transposeA ? rowsA : columnsA;
    const int64_t n = transposeB ? rowsB : columnsB;
    OP_REQUIRES(context, (transposeB ? columnsB : rowsB) == k,
                absl::InvalidArgumentError("The inner sizes of two matrices differ."));
    TensorShape shape = a.shape();
    shape.set_dim(da - 2, m);
    shape.set_dim(da - 1, n);
    int64_t batch = 1;
    for (int i = 0; i < da - 2; i++) batch *= a.dim_size(i);
    const int64_t batchB = rowsB * columnsB == 0 ? batch : b.NumElements() / (rowsB * columnsB);
    OP_REQUIRES(context, batchB == batch || batchB == 1, absl::InvalidArgumentError("The batches of two matrices differ."));
    Tensor* out = make(context, 0, shape);
    if (out == nullptr || out->NumElements() == 0) return;
    const Matrix left = transposeA ? Matrix{read(a), 1, columnsA} : Matrix{read(a), columnsA, 1};
    const Matrix right = transposeB ? Matrix{read(b), 1, columnsB} : Matrix{read(b), columnsB, 1};
    const int64_t stepB = batchB == 1 ? 0 : rowsB * columnsB;
    if (stepB == 0 && !transposeA)
      multiplyOne(context, batch * m, n, k, left, right, write(out));
    else
      multiplyAll(context, batch, m, n, k, left, rowsA * columnsA, right, stepB, write(out));
  }

 private:
  bool transposeA, transposeB;
};

REGISTER_OP("BijouMultiply").Input("x: float").Input("weight: float").Attr("transposed: bool").Output("y: float");
REGISTER_OP("BijouAffine").Input("x: float").Input("weight: float").Input("bias: float").Output("y: float");
REGISTER_OP("BijouWeightGrad").Input("x: float").Input("dy: float").Output("dweight: float");
REGISTER_OP("BijouMatMul")
    .Input("a: float")
    .Input("b: float")
    .Attr("transpose_a: bool")
    .Attr("transpose_b: bool")
    .Output("c: float");
BIJOU_KERNEL(BijouMultiply);
BIJOU_KERNEL(BijouAffine);
BIJOU_KERNEL(BijouWeightGrad);
BIJOU_KERNEL(BijouMatMul);

}  // namespace bijou
