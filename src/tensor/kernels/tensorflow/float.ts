/**
 * Stock operations on float32 tensors, by what they do.
 */
import { sizeOf } from "../../../exact/frame.ts"
import { missingRows } from "./elementwise.ts"
import { attribute, TYPE, type Handle, type Operations } from "./operations.ts"

const FLOAT = { T: attribute.type("float32") }
const INDEX = attribute.type("int32")

/** The operations that several kernels compose. */
export const float = ({ constant, number, run, runForAll }: Operations) => {
  const two = (name: string) => (x: Handle, y: Handle) => run(name, [x, y], FLOAT)
  const one = (name: string) => (x: Handle) => run(name, [x], FLOAT)
  const along = (name: string) => (x: Handle, axes: ReadonlyArray<number>, keep: boolean) =>
    run(name, [x, constant(axes)], { ...FLOAT, Tidx: INDEX, keep_dims: attribute.flag(keep) })
  const reshape = (x: Handle, shape: ReadonlyArray<number>) =>
    run("Reshape", [x, constant(shape)], { T: { type: 4, value: x.dtype }, Tshape: INDEX })
  /** Has an operation on rows [rows, width] done on so many that its last few elements are no special ones; see `elementwise.ts`. */
  const filled = (name: string, width: (x: Handle) => number) => (x: Handle) => {
    const size = sizeOf(x.shape)
    const columns = width(x)
    const rows = size / columns
    const missing = missingRows(rows, columns)
    if (missing === 0) return run(name, [x], FLOAT)
    const paddings = constant([0, missing, 0, 0], [2, 2])
    const full = run("Pad", [reshape(x, [rows, columns]), paddings], { ...FLOAT, Tpaddings: INDEX })
    const part = [run(name, [full], FLOAT), constant([0, 0]), constant([rows, columns])]
    return reshape(run("Slice", part, { ...FLOAT, Index: INDEX }), x.shape)
  }
  return {
    add: two("AddV2"),
    /** Their sum, from the first to the last. */
    addAll: (xs: ReadonlyArray<Handle>) => run("AddN", xs, { ...FLOAT, N: attribute.whole(xs.length) }),
    sub: two("Sub"),
    mul: two("Mul"),
    div: two("RealDiv"),
    erf: one("Erf"),
    exp: filled("Exp", () => 1),
    square: one("Square"),
    rsqrt: filled("Rsqrt", () => 1),
    softmax: filled("Softmax", ({ shape }) => shape.at(-1) ?? 1),
    mean: along("Mean"),
    sum: along("Sum"),
    number,
    matMul: (a: Handle, b: Handle, transposeA = false, transposeB = false) =>
      run("MatMul", [a, b], {
        ...FLOAT,
        transpose_a: attribute.flag(transposeA),
        transpose_b: attribute.flag(transposeB),
      }),
    batchMatMul: (a: Handle, b: Handle, transposeA = false, transposeB = false) =>
      run("BatchMatMulV2", [a, b], {
        ...FLOAT,
        adj_x: attribute.flag(transposeA),
        adj_y: attribute.flag(transposeB),
      }),
    /** The same numbers in another shape; shares the buffer. */
    reshape,
    transpose: (x: Handle, perm: ReadonlyArray<number>) =>
      run("Transpose", [x, constant(perm)], { ...FLOAT, Tperm: INDEX }),
    unpack: (x: Handle, count: number) =>
      runForAll("Unpack", [x], count, { ...FLOAT, num: attribute.whole(count), axis: attribute.whole(0) }),
    pack: (xs: ReadonlyArray<Handle>) =>
      run("Pack", xs, { ...FLOAT, N: attribute.whole(xs.length), axis: attribute.whole(0) }),
    addBias: (x: Handle, bias: Handle) => run("BiasAdd", [x, bias], { ...FLOAT, data_format: attribute.text("NHWC") }),
    /** The sums over all axes but the last. */
    columnSums: (x: Handle) => run("BiasAddGrad", [x], { ...FLOAT, data_format: attribute.text("NHWC") }),
    toInt: (x: Handle) => run("Cast", [x], { SrcT: attribute.type("float32"), DstT: attribute.type("int32") }),
    toFloat: (x: Handle) =>
      run("Cast", [x], { SrcT: { type: 4, value: x.dtype }, DstT: { type: 4, value: TYPE.float32 } }),
  }
}

/** All leading axes as one. */
export const rowsOf = ({ shape }: Handle): readonly [rows: number, width: number] => {
  const width = shape.at(-1) ?? 1
  return [shape.slice(0, -1).reduce((n, d) => n * d, 1), width]
}
