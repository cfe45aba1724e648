/**
 * The matmul of a linear layer, with the bits of `BatchMatMul`, and the gradient of its weight, with the bits of the
 * same matmul.
 */
import { implement } from "../implement.ts"
import { multiply, weightGrad } from "../spec/multiply.ts"
import { compile } from "./assembler/Routine.ts"
import { onHeap, type Heap } from "./Heap.ts"
import { rowsOf } from "../spec/Outcome.ts"
import { strip } from "./product.ts"
import { clear, inChunks } from "./rows.ts"
import { sgemmFor } from "./sgemm.ts"
import { matMul } from "./stock/BatchMatMul.ts"
import { asWasm } from "./WasmBackend.ts"

export const bijouMultiply = implement(multiply, "wasm", asWasm, (backend, { x, weight }, { transposed }) => {
  const tall = { dataId: x.dataId, dtype: x.dtype, shape: [...rowsOf(x.shape)] }
  const { dataId, dtype, shape } = matMul(backend, tall, weight, false, transposed)
  return { dataId, dtype, shape: [...x.shape.slice(0, -1), shape.at(-1) ?? 1] }
})

/**
 * Computes the weight gradient without the transposes of a general matmul. A plugged-in sgemm reads x in place.
 * Otherwise rows are summed in chunks of 64, so that those of dy stay in the cache, and four columns of x are packed
 * together once for all columns of dy.
 */
export const bijouWeightGrad = onHeap(weightGrad, (heap, { x, dy }) => {
  const [[rows, m], [, n]] = [rowsOf(x.shape), rowsOf(dy.shape)]
  const out = heap.output([m, n], "float32")
  heap.touch(x)
  heap.touch(dy)
  multiplyTurned(heap, { rows, m, n, strideX: m, x: heap.place(x), dy: heap.place(dy), out: heap.place(out) })
  return out
})

/**
 * Computes out = x^T dy for x [rows, m], whose rows are `strideX` floats apart, and dy [rows, n], all at byte
 * addresses.
 */
export const multiplyTurned = (
  heap: Heap,
  given: Readonly<Record<"rows" | "m" | "n" | "strideX" | "x" | "dy" | "out", number>>,
): void => {
  const { rows, m, n, strideX, x, dy, out } = given
  const sgemm = sgemmFor(m, rows, n)
  if (sgemm === null) return heap.scratch(4 * 64, (panel) => multiplyInLanes(heap.backend, { ...given, panel }))
  const product = { m, n, k: rows, transposeA: true, transposeB: false, strideA: strideX, strideB: n, strideOut: n }
  sgemm.multiply(heap.backend.wasm.asm.memory, product, x, dy, out)
}

const multiplyInLanes = compile({
  integers: ["rows", "m", "n", "strideX", "x", "dy", "out", "panel"],
  numbers: [],
  body: (code, { rows, m, n, strideX, x, dy, out, panel }) => {
    const { advance, blocks, counter, i32, load, repeat, splat, store } = code
    const [xRow, row, along] = [i32.mul(strideX, 4), i32.mul(n, 4), i32.const(16)]
    clear(code, out, i32.mul(m, n))
    inChunks(code, rows, (first, count) =>
      blocks(m, [4, 1], (i, height) => {
        const [from, to] = [counter(i32.add(i32.add(x, i32.mul(first, xRow)), i32.mul(i, 4))), counter(panel)]
        repeat(count, () => {
          store(to, (height === 4 ? load : splat)(from))
          advance(from, xRow)
          advance(to, 16)
        })
        strip(code, {
          height,
          lefts: [panel],
          along,
          right: { place: i32.add(dy, i32.mul(first, row)), row },
          out: { place: i32.add(out, i32.mul(i, row)), row },
          columns: n,
          terms: count,
          first: (old) => old(),
        })
      }),
    )
  },
})
