// Matrix products.
//
// The terms of an element are added in their order within runs of DEPTH terms, and the sums of the runs in theirs, so that an element has the
// same bits whatever rows stand beside it, however the product is cut among threads, and whichever side is stored as transposed.
#pragma once

#include <algorithm>

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
constexpr int TALL = LANES == 16 ? 14 : LANES == 8 ? 6 : 6;
constexpr int64_t PANEL = ACROSS * LANES;
constexpr int64_t DEPTH = 256;

// ----------------------------------------------------------- combinators

/// Columns of b in panels, each the rows one after the other, with zeros behind the last column. The last panel is one vector wide where that
/// is enough.
inline int64_t panels(int64_t n) { return (n + PANEL - 1) / PANEL; }

inline int64_t panelWidth(int64_t n, int64_t p) { return n - p * PANEL <= LANES ? LANES : PANEL; }

/// The floats that the packed b takes.
inline int64_t packedSize(int64_t k, int64_t n) { return panels(n) * PANEL * k; }

/// Packs the rows `from` to `to` - 1 of panel p.
inline void packPanel(Matrix b, int64_t k, int64_t n, int64_t p, int64_t from, int64_t to, float* packed) {
  const int64_t width = panelWidth(n, p), count = std::min(width, n - p * PANEL);
  float* out = packed + p * PANEL * k;
  const float* in = b.place + p * PANEL * b.column;
  if (b.column == 1) {
    for (int64_t i = from; i < to; i++)
      for (int64_t j = 0; j < width; j += LANES)
        store(out + i * width + j, load(in + i * b.row + j, std::max<int64_t>(count - j, 0)));
    return;
  }
  for (int64_t j = 0; j < width; j++)
    for (int64_t i = from; i < to; i++) out[i * width + j] = j < count ? in[i * b.row + j * b.column] : 0.f;
}

/// R rows of a, by a panel that is V vectors wide: `depth` terms, added to what stands in `out` unless `fresh`. The R factors of a term stand
/// side by side, or those of a row do, and rows are `step` apart.
template <int R, int V, bool SIDE_BY_SIDE>
void tile(int64_t depth, const float* a, int64_t step, const float* b, float* out, int64_t row, int64_t columns, bool fresh) {
  Vector sums[R][V];
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) sums[r][v] = Vector{};
#pragma GCC unroll 4
  for (int64_t i = 0; i < depth; i++) {
    Vector right[V];
#pragma GCC unroll 2
    for (int v = 0; v < V; v++) right[v] = load(b + (i * V + v) * LANES);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      const Vector left = splat(SIDE_BY_SIDE ? a[i * R + r] : a[r * step + i]);
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

template <int V, bool SIDE_BY_SIDE, int R = TALL>
void tileOf(int64_t rows, int64_t depth, const float* a, int64_t step, const float* b, float* out, int64_t row,
            int64_t columns, bool fresh) {
  if constexpr (R > 1)
    if (rows < R) return tileOf<V, SIDE_BY_SIDE, R - 1>(rows, depth, a, step, b, out, row, columns, fresh);
  tile<R, V, SIDE_BY_SIDE>(depth, a, step, b, out, row, columns, fresh);
}

struct PackedRows;

/// Rows `top` to `bottom` - 1 of a b, for the panels `left` to `right` - 1 of the packed b, into out, which has rows of `row` floats.
inline void multiplyPart(Matrix a, const float* packed, int64_t k, int64_t n, int64_t top, int64_t bottom, int64_t left,
                         int64_t right, float* out, int64_t row) {
  const int64_t tiles = (bottom - top + TALL - 1) / TALL;
  const auto edge = [&](int64_t t) { return top + (bottom - top) * t / tiles; };
  const bool turned = a.column != 1;  // rows then are far apart from term to term, and are laid side by side first
  float* copy = turned ? scratch<PackedRows>((bottom - top) * DEPTH) : nullptr;
  for (int64_t begin = 0; begin == 0 || begin < k; begin += DEPTH) {
    const int64_t depth = std::min(DEPTH, k - begin);
    if (turned)
      for (int64_t t = 0; t < tiles; t++) {
        const int64_t tall = edge(t + 1) - edge(t);
        float* to = copy + (edge(t) - top) * DEPTH;
        const float* from = a.place + edge(t) * a.row + begin * a.column;
        for (int64_t i = 0; i < depth; i++, to += tall, from += a.column)
          for (int64_t r = 0; r < tall; r++) to[r] = from[r * a.row];
      }
    for (int64_t p = left; p < right; p++) {
      const int64_t width = panelWidth(n, p), columns = std::min(width, n - p * PANEL);
      const float* b = packed + p * PANEL * k + begin * width;
      for (int64_t t = 0; t < tiles; t++) {
        const int64_t at = edge(t), tall = edge(t + 1) - at;
        float* to = out + at * row + p * PANEL;
        const bool wide = width == PANEL, fresh = begin == 0;
        if (turned)
          (wide ? tileOf<ACROSS, true> : tileOf<1, true>)(tall, depth, copy + (at - top) * DEPTH, 0, b, to, row, columns, fresh);
        else
          (wide ? tileOf<ACROSS, false> : tileOf<1, false>)(tall, depth, a.place + at * a.row + begin, a.row, b, to, row,
                                                            columns, fresh);
      }
    }
  }
}

/// The whole product in this thread; `packed` has room for `packedSize(k, n)` floats.
inline void multiply(int64_t m, int64_t n, int64_t k, Matrix a, Matrix b, float* packed, float* out, int64_t row) {
  for (int64_t p = 0; p < panels(n); p++) packPanel(b, k, n, p, 0, k, packed);
  multiplyPart(a, packed, k, n, 0, m, 0, panels(n), out, row);
}

struct PackedColumns;

/// `batch` products by all threads; the matrices of a and of b stand `stepA` and `stepB` floats apart, the results one behind the other.
inline void multiplyAll(OpKernelContext* context, int64_t batch, int64_t m, int64_t n, int64_t k, Matrix a, int64_t stepA,
                        Matrix b, int64_t stepB, float* out) {
  const int64_t cycles = std::max<int64_t>(1, m * n * k / LANES);
  if (batch > 1 && cycles < 4000000) {
    parallel(context, batch, cycles, [&](int64_t first, int64_t last) {
      float* packed = scratch<PackedColumns>(packedSize(k, n));
      for (int64_t i = first; i < last; i++)
        multiply(m, n, k, {a.place + i * stepA, a.row, a.column}, {b.place + i * stepB, b.row, b.column}, packed,
                 out + i * m * n, n);
    });
    return;
  }
  Tensor holder;
  float* packed = room(context, &holder, std::max<int64_t>(1, packedSize(k, n)));
  if (packed == nullptr) return;
  const int64_t runs = (k + DEPTH - 1) / DEPTH;
  const int64_t downs = (m + 4 * TALL - 1) / (4 * TALL);
  const int64_t acrosses = std::min(panels(n), downs >= 8 ? 1 : (8 + downs - 1) / downs);
  for (int64_t i = 0; i < batch; i++) {
    const Matrix left{a.place + i * stepA, a.row, a.column}, right{b.place + i * stepB, b.row, b.column};
    parallel(context, panels(n) * runs, PANEL * std::min(k, DEPTH) / 2, [&](int64_t first, int64_t last) {
      for (int64_t u = first; u < last; u++)
        packPanel(right, k, n, u / runs, u % runs * DEPTH, std::min(k, (u % runs + 1) * DEPTH), packed);
    });
    parallel(context, downs * acrosses, std::max<int64_t>(1, cycles / (downs * acrosses)), [&](int64_t first, int64_t last) {
      for (int64_t u = first; u < last; u++) {
        const int64_t down = u / acrosses, across = u % acrosses;
        multiplyPart(left, packed, k, n, m * down / downs, m * (down + 1) / downs, panels(n) * across / acrosses,
                     panels(n) * (across + 1) / acrosses, out + i * m * n, n);
      }
    });
  }
}

// ----------------------------------------------------------- operations

/// x W over all leading axes of x, or x W^T.
class BijouProduct : public OpKernel {
 public:
  explicit BijouProduct(OpKernelConstruction* context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("turned", &turned));
  }

  void Compute(OpKernelContext* context) override {
    const Tensor &x = context->input(0), &weight = context->input(1);
    const int64_t k = widthOf(x), m = rowsOf(x);
    OP_REQUIRES(context, weight.dims() == 2 && weight.dim_size(turned ? 1 : 0) == k,
                absl::InvalidArgumentError("The weight does not fit the last axis of x."));
    const int64_t n = weight.dim_size(turned ? 0 : 1);
    TensorShape shape = x.shape();
    shape.set_dim(x.dims() - 1, n);
    Tensor* out = make(context, 0, shape);
    if (out == nullptr || out->NumElements() == 0) return;
    const Matrix right = turned ? Matrix{read(weight), 1, k} : Matrix{read(weight), n, 1};
    multiplyAll(context, 1, m, n, k, {read(x), k, 1}, 0, right, 0, write(out));
  }

 private:
  bool turned;
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
    multiplyAll(context, 1, m, n, k, {read(x), 1, m}, 0, {read(dy), n, 1}, 0, write(out));
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
      multiplyAll(context, 1, batch * m, n, k, left, 0, right, 0, write(out));
    else
      multiplyAll(context, batch, m, n, k, left, rowsA * columnsA, right, stepB, write(out));
  }

 private:
  bool transposeA, transposeB;
};

REGISTER_OP("BijouProduct").Input("x: float").Input("weight: float").Attr("turned: bool").Output("y: float");
REGISTER_OP("BijouWeightGrad").Input("x: float").Input("dy: float").Output("dweight: float");
REGISTER_OP("BijouMatMul")
    .Input("a: float")
    .Input("b: float")
    .Attr("transpose_a: bool")
    .Attr("transpose_b: bool")
    .Output("c: float");
BIJOU_KERNEL(BijouProduct);
BIJOU_KERNEL(BijouWeightGrad);
BIJOU_KERNEL(BijouMatMul);

}  // namespace bijou
