/** Custom compute programs on TensorFlow.js's WebGPU backend, and the kernels that run them. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { implement, type Implementation, type Returned } from "../implement.ts"
import type { Contract, Outputs } from "../spec/Kernel.ts"

// ---------------------------------------------------------------- model

/** The parts of tfjs's WebGPU backend that kernels use; some of them are private in its typings. */
export interface WebgpuBackend {
  readonly makeTensorInfo: (
    shape: readonly number[],
    dtype: tf.DataType,
    values?: Float32Array | Int32Array,
  ) => tf.TensorInfo
  readonly disposeData: (dataId: object) => boolean
  readonly incRef: (dataId: object) => void
  readonly runWebGPUProgram: (
    program: object,
    inputs: readonly tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: ReadonlyArray<{ readonly type: string; readonly data: readonly number[] }>,
    output: tf.TensorInfo,
  ) => tf.TensorInfo
}

/**
 * A program in WGSL with one output, `result`. Its inputs are bound under their names as flat arrays, whatever their shape, and so are its
 * uniforms: `integers` as i32, `numbers` as f32. The body sees `index`, that of the thread; in a program over `rows` also `row` and `lane`, one of
 * 64 that work on a row together.
 */
export interface Wgsl<Input extends string, Uniform extends string> {
  /** What the backend keeps the compiled program under: each program has its own. */
  readonly name: string
  readonly over: "elements" | "rows"
  readonly inputs: readonly Input[]
  readonly integers?: readonly Uniform[]
  readonly numbers?: readonly Uniform[]
  readonly output: "float32" | "int32"
  /** Functions that the body calls. */
  readonly functions?: readonly string[]
  readonly body: string
}

/** What a program runs on: as many threads, or rows, as `count` says, into a new tensor of this shape, or into `into`. */
export type Work = { readonly count: number } & (
  { readonly shape: readonly number[] } | { readonly into: tf.TensorInfo }
)

/** Runs a program. */
export type Program<Input extends string, Uniform extends string> = (
  backend: WebgpuBackend,
  given: {
    readonly inputs: Readonly<Record<Input, tf.TensorInfo>>
    readonly uniforms: Readonly<Record<Uniform, number>>
  } & Work,
) => tf.TensorInfo

/** How many threads work together. */
export const LANES = 64

// --------------------------------------------------------- constructors

/** Implements a kernel on WebGPU. */
export const onDevice = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  run: (backend: WebgpuBackend, inputs: I, attributes: A) => Returned<O>,
): Implementation => implement(contract, "webgpu", open, run)

/** The engine passes a kernel the backend that it was registered for, so this is the one of tfjs. */
const open = (backend: unknown): WebgpuBackend => backend as WebgpuBackend

/** A program; it is compiled when it first runs, and the backend keeps it. */
export const compile = <const Input extends string = never, const Uniform extends string = never>({
  name,
  over,
  inputs: names,
  integers = [],
  numbers = [],
  output: dtype,
  functions = [],
  body,
}: Wgsl<Input, Uniform>): Program<Input, Uniform> => {
  const code = `
    ${functions.join("\n")}
    fn main(index : i32) {
      ${over === "rows" ? `let row = index / ${LANES}; let lane = index % ${LANES};` : "if (index >= uniforms.count) { return; }"}
      ${body}
    }`
  const uniforms = [
    "count : i32, nothing : u32,",
    ...integers.map((integer) => `${integer} : i32,`),
    ...numbers.map((number) => `${number} : f32,`),
  ].join(" ")
  return (backend, given) => {
    const { inputs, count } = given
    const out = "into" in given ? given.into : backend.makeTensorInfo(given.shape, dtype)
    const groups = over === "rows" ? count : Math.ceil(count / LANES)
    const program = {
      ...{ outputShape: [sizeOf(out.shape)], variableNames: names, uniforms, shaderKey: `bijou ${name}` },
      ...{ dispatchLayout: { x: [0] }, dispatch: [groups, 1, 1], workgroupSize: [LANES, 1, 1] },
      getUserCode: () => code,
    }
    backend.runWebGPUProgram(
      program,
      names.map((input) => flat(inputs[input])),
      dtype,
      [
        { type: "int32", data: [count] },
        { type: "uint32", data: [0] },
        ...integers.map((integer) => ({ type: "int32", data: [given.uniforms[integer]] })),
        ...numbers.map((number) => ({ type: "float32", data: [given.uniforms[number]] })),
      ],
      flat(out),
    )
    return out
  }
}

/** One thread for each element of x, into a new tensor of its shape. */
export const forEachOf = ({ shape }: tf.TensorInfo): { readonly count: number; readonly shape: readonly number[] } => ({
  count: sizeOf(shape),
  shape,
})

// ----------------------------------------------------------- combinators

/** Numbers on the device while `body` runs. */
export const withNumbers = <A>(
  backend: WebgpuBackend,
  values: readonly number[],
  body: (numbers: tf.TensorInfo) => A,
): A => consuming(backend, backend.makeTensorInfo([values.length], "float32", Float32Array.from(values)), body)

/** The result of `body` on a tensor that is freed then. */
export const consuming = <A>(backend: WebgpuBackend, x: tf.TensorInfo, body: (x: tf.TensorInfo) => A): A => {
  try {
    return body(x)
  } finally {
    backend.disposeData(x.dataId)
  }
}

const flat = ({ dataId, dtype, shape }: tf.TensorInfo): tf.TensorInfo => ({ dataId, dtype, shape: [sizeOf(shape)] })
