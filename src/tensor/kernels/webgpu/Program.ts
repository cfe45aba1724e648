/** Custom compute programs on TensorFlow.js's WebGPU backend, and the kernels that run them. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { implement, type Implementation, type Returned } from "../implement.ts"
import type { Contract, Outputs } from "../spec/Kernel.ts"

// ---------------------------------------------------------------- model

/** The parts of tfjs's WebGPU backend that kernels use. Some of them are private in its typings. */
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
 * A WGSL program with one output, `result`. Its inputs are bound by name as flat arrays, regardless of their shape. Its
 * uniforms are bound by name as well: `integers` as i32, and `numbers` as f32. The body can read `index`, the index of
 * the thread. In a program over `rows` it can also read `row` and `lane`, the thread's index among the 64 threads of a
 * row.
 */
export interface Wgsl<Input extends string, Uniform extends string> {
  /** The key under which the backend caches the compiled program. It is unique to the program. */
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

/** The work of a program: it runs `count` threads or rows, and writes to a new tensor of this shape or to `into`. */
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

/** The number of threads that work together on a row. */
export const LANES = 64

// --------------------------------------------------------- constructors

/** Implements a kernel on WebGPU. */
export const onDevice = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  run: (backend: WebgpuBackend, inputs: I, attributes: A) => Returned<O>,
): Implementation => implement(contract, "webgpu", open, run)

/**
 * Casts the backend of a kernel. The engine passes a kernel the backend that it was registered for, so this is tfjs's
 * WebGPU backend.
 */
const open = (backend: unknown): WebgpuBackend => backend as WebgpuBackend

/** Returns a program, which is compiled when it first runs and then cached by the backend. */
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

/** Returns work with one thread per element of x, into a new tensor of its shape. */
export const forEachOf = ({ shape }: tf.TensorInfo): { readonly count: number; readonly shape: readonly number[] } => ({
  count: sizeOf(shape),
  shape,
})

// ----------------------------------------------------------- combinators

/** Copies numbers to the device while `body` runs. */
export const withNumbers = <A>(
  backend: WebgpuBackend,
  values: readonly number[],
  body: (numbers: tf.TensorInfo) => A,
): A => consuming(backend, backend.makeTensorInfo([values.length], "float32", Float32Array.from(values)), body)

/** Returns the result of `body` on a tensor, and frees the tensor. */
export const consuming = <A>(backend: WebgpuBackend, x: tf.TensorInfo, body: (x: tf.TensorInfo) => A): A => {
  try {
    return body(x)
  } finally {
    backend.disposeData(x.dataId)
  }
}

const flat = ({ dataId, dtype, shape }: tf.TensorInfo): tf.TensorInfo => ({ dataId, dtype, shape: [sizeOf(shape)] })
