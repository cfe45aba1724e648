/** Stock operations on float32 tensors, named by their function. */
import { sizeOf } from "../../../exact/frame.ts"
import { oncePer } from "../oncePer.ts"
import { missingRows } from "./stock/elementwise.ts"
import { attribute, type Handle, type Operations } from "./operations.ts"

const KEPT = [attribute.flag("keep_dims", true)]
const FROM_FLOAT = [attribute.type("DstT", "int32")]
const TO_FLOAT = [attribute.type("DstT", "float32")]

/** Returns the attributes that TensorFlow does not infer from a list of inputs. */
const list = ({ length }: readonly Handle[]) => [attribute.type("T", "float32"), attribute.whole("N", length)]

/** The attributes for the four ways to transpose the operands of a matmul. */
const TURNED = [false, true].map((a) =>
  [false, true].map((b) => [...(a ? [attribute.flag("adj_x", a)] : []), ...(b ? [attribute.flag("adj_y", b)] : [])]),
)

/** The operations that several kernels compose. */
export const float = oncePer(({ constant, number, run, runForAll }: Operations) => {
  const two = (name: string) => (x: Handle, y: Handle) => run(name, [x, y])
  const one = (name: string) => (x: Handle) => run(name, [x])
  const along = (name: string) => (x: Handle, axes: readonly number[], keep: boolean) =>
    run(name, [x, constant(axes)], keep ? KEPT : undefined)
  const reshape = (x: Handle, shape: readonly number[]) => run("Reshape", [x, constant(shape)])
  /** Reshapes a vector to one row. */
  const asRows = (x: Handle) => (x.shape.length > 1 ? x : reshape(x, [1, sizeOf(x.shape)]))
  /**
   * Runs an operation on rows [rows, width], padded so that its last elements get no special treatment; see
   * `stock/elementwise.ts`.
   */
  const filled = (name: string, width: (x: Handle) => number) => (x: Handle) => {
    const size = sizeOf(x.shape)
    const columns = width(x)
    const rows = size / columns
    const missing = missingRows(rows, columns)
    if (missing === 0) return run(name, [x])
    const paddings = constant([0, missing, 0, 0], [2, 2])
    const full = run("Pad", [reshape(x, [rows, columns]), paddings])
    return reshape(run("Slice", [run(name, [full]), constant([0, 0]), constant([rows, columns])]), x.shape)
  }
  return {
    add: two("AddV2"),
    /** Sums tensors from first to last. */
    addAll: (xs: readonly Handle[]) => run("AddN", xs, list(xs)),
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
    /**
     * Multiplies matrices, or a batch of them by one matrix or by a batch of the same size. It avoids `MatMul`, which
     * is as fast: while that runs in TensorFlow 2.21, a signal to its thread, such as a profiler's or that of Ctrl-C,
     * corrupts the heap.
     */
    matMul: (a: Handle, b: Handle, transposeA = false, transposeB = false) => {
      const product = run("BatchMatMulV2", [asRows(a), b], TURNED[Number(transposeA)]?.[Number(transposeB)])
      return a.shape.length > 1 ? product : reshape(product, product.shape.slice(1))
    },
    /** Reshapes a tensor and shares its buffer. */
    reshape,
    transpose: (x: Handle, perm: readonly number[]) => run("Transpose", [x, constant(perm)]),
    unpack: <K extends number>(x: Handle, count: K) => runForAll("Unpack", [x], count, [attribute.whole("num", count)]),
    pack: (xs: readonly Handle[]) => run("Pack", xs, list(xs)),
    addBias: (x: Handle, bias: Handle) => (x.shape.length > 1 ? run("BiasAdd", [x, bias]) : run("AddV2", [x, bias])),
    /** Sums over all axes except the last. */
    columnSums: (x: Handle) => run("BiasAddGrad", [asRows(x)]),
    toInt: (x: Handle) => run("Cast", [x], FROM_FLOAT),
    toFloat: (x: Handle) => run("Cast", [x], TO_FLOAT),
  }
})
