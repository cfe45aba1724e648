/**
 * How a kernel on the backend `tensorflow` runs operations: on TensorFlow's own handles, with no tensor of TensorFlow.js in between.
 *
 * A kernel has up to two forms: one operation of `native/ops.cc`, and a sequence of stock operations for where that library is not loaded, or
 * does not work, as on a GPU. Which one runs is decided once per process.
 */
import type { tf } from "../../tf.ts"
import { oncePer } from "../oncePer.ts"
import { covering, implement, type Implementation, type Returned } from "../implement.ts"
import type { Contract, Outputs } from "../spec/Kernel.ts"
import { hasOpLibrary } from "./opLibrary.ts"

// ---------------------------------------------------------------- model

/** The numbers by which TensorFlow's C interface calls types. */
export const TYPE = { float32: 1, int32: 3, bool: 10 } as const

/** A tensor of TensorFlow. One that a kernel makes is freed by the first operation that takes it, unless it is held or given. */
export interface Handle {
  readonly id: number
  readonly shape: readonly number[]
  readonly dtype: number
}

/** An attribute of an operation, as the binding takes it. */
export interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/**
 * Types that inputs have are left out: TensorFlow takes them from the inputs, except of lists. Attributes that are the same in every call are
 * best made once.
 */
export type Attributes = readonly Attribute[]

/** As many handles as the number says. */
type Handles<N extends number, H extends readonly Handle[] = readonly []> = number extends N
  ? readonly Handle[]
  : H["length"] extends N
    ? H
    : Handles<N, readonly [...H, Handle]>

/** A tuple with a `T` for each element of `H`. */
type Each<H extends readonly unknown[], T> = { readonly [K in keyof H]: T }

/**
 * What a form may do; `N` are the names of the kernel's inputs.
 *
 * What an operation makes is freed by the operation that takes it, so that the next one writes to memory that is still in the cache: most of
 * the time of an operation on a million numbers is memory.
 */
export interface Operations<N extends string = never> {
  /** The input of this name; throws where it was not given. */
  readonly input: (name: N) => Handle
  /** The inputs of these names. */
  readonly inputs: <const Names extends readonly N[]>(...names: Names) => Each<Names, Handle>
  /** Whether the input was given. */
  readonly has: (name: N) => boolean
  /** Integers that are the same in every call, such as axes. */
  readonly constant: (values: readonly number[], shape?: readonly number[]) => Handle
  /** One float32 that is the same in every call. */
  readonly number: (value: number) => Handle
  /** Numbers that change from call to call. */
  readonly floats: (values: readonly number[], shape?: readonly number[]) => Handle
  /** An operation with one output. */
  readonly run: (name: string, inputs: readonly Handle[], attributes?: Attributes) => Handle
  /** An operation with `outputs` outputs. */
  readonly runForAll: <K extends number>(
    name: string,
    inputs: readonly Handle[],
    outputs: K,
    attributes?: Attributes,
  ) => Handles<K>
  /** Keeps what was made for more than one operation: until it is given or let go, or the kernel ends. */
  readonly hold: (handle: Handle) => Handle
  /** Lets the next operation that takes what was held free it. */
  readonly letGo: (handle: Handle) => Handle
  /** The handle as an output of the kernel. */
  readonly give: (handle: Handle) => tf.TensorInfo
  /** The handles as the outputs of the kernel. */
  readonly giveAll: <const H extends readonly Handle[]>(handles: H) => Each<H, tf.TensorInfo>
  /** An input that was written over, as an output of the kernel. */
  readonly same: (name: N) => tf.TensorInfo
}

/** One way to compute a kernel. */
type Form<I, A, O> = (operations: Operations<keyof I & string>, attributes: A) => Returned<O>

/** The forms of a kernel. */
interface Forms<I, A, O> {
  /** By the operations of `native/ops.cc`. */
  readonly library?: Form<I, A, O>
  /** By stock operations. */
  readonly stock?: Form<I, A, O>
  /** The attributes that the stock operations are for; all of them where it is left out. */
  readonly stockCovers?: (attributes: A) => boolean
}

/** A kernel as TensorFlow.js registers it, and whether it exists with the op library, and without. */
export interface TensorflowKernel extends Implementation {
  readonly isThere: (library: boolean) => boolean
}

/** The parts of tfjs-node's backend that kernels use; some of them are private in its typings. */
interface TensorflowBackend {
  readonly binding: {
    readonly executeOp: (
      name: string,
      attributes: Attributes,
      inputs: readonly number[],
      outputs: number,
    ) => readonly Handle[]
    readonly createTensor: (shape: readonly number[], dtype: number, values: Float32Array | Int32Array) => number
    readonly deleteTensor: (id: number) => void
  }
  readonly tensorMap: {
    readonly get: (dataId: object) => { readonly dtype: number }
    readonly set: (dataId: object, data: object) => void
  }
  readonly getInputTensorIds: (tensors: readonly tf.TensorInfo[]) => readonly number[]
  readonly incRef: (dataId: object) => void
}

// --------------------------------------------------------- constructors

/** Attributes of operations. */
export const attribute = {
  whole: (name: string, value: number): Attribute => ({ name, type: 1, value }),
  float: (name: string, value: number): Attribute => ({ name, type: 2, value }),
  flag: (name: string, value: boolean): Attribute => ({ name, type: 3, value }),
  type: (name: string, value: keyof typeof TYPE): Attribute => ({ name, type: 4, value: TYPE[value] }),
}

/** The kernel, by one operation of the library or by stock operations. Where it has no form, callers compose the kernel. */
export const onTensorflow = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  { library, stock, stockCovers }: Forms<I, A, O>,
): TensorflowKernel => {
  const kernel = implement(contract, "tensorflow", open, (use, inputs, attributes: A) => {
    const form = hasOpLibrary() ? library : stock
    if (form === undefined) throw new Error(`${contract.name} was chosen before the op library was.`)
    return use(inputs, (operations) => form(operations, attributes))
  })
  return {
    ...(stockCovers === undefined
      ? kernel
      : covering(kernel, (attributes: A) => hasOpLibrary() || stockCovers(attributes))),
    isThere: (loaded) => (loaded ? library : stock) !== undefined,
  }
}

/** Lets TensorFlow copy what a tensor was made of, which it otherwise does when an operation first takes it. */
export const copyNow = (backend: unknown, x: tf.TensorInfo): void => void backendOf(backend).getInputTensorIds([x])

/** The engine passes a kernel the backend it was registered for, which makes the cast true. */
const backendOf = (backend: unknown): TensorflowBackend => backend as TensorflowBackend

/** Lets a kernel use TensorFlow: what it made and did not give is freed at its end. Kernels do not run within each other. */
type Use = <A>(inputs: object, kernel: (operations: Operations<string>) => A) => A

const open = (backend: unknown): Use => onBackend(backendOf(backend))

const onBackend = oncePer((backend: TensorflowBackend): Use => {
  const made = new Set<number>()
  const held = new Set<number>()
  let given: Readonly<Record<string, tf.TensorInfo | undefined>> = {}
  const info = (name: string): tf.TensorInfo => {
    const x = given[name]
    if (x === undefined) throw new Error(`The kernel needs an input called "${name}", and was not given it.`)
    return x
  }
  const input = (name: string): Handle => {
    const x = info(name)
    const [id = NaN] = backend.getInputTensorIds([x])
    return { id, shape: x.shape, dtype: backend.tensorMap.get(x.dataId).dtype }
  }
  const execute = (name: string, handles: readonly Handle[], outputs: number, attributes: Attributes = []) => {
    const results = backend.binding.executeOp(
      name,
      attributes,
      handles.map(({ id }) => id),
      outputs,
    )
    for (const { id } of handles) if (!held.has(id) && made.delete(id)) backend.binding.deleteTensor(id)
    for (const { id } of results) made.add(id)
    return results
  }
  const constant = (key: string, make: () => Handle): Handle => {
    const known = constants.get(key)
    if (known !== undefined) return known
    const handle = make()
    constants.set(key, handle)
    return handle
  }
  const tensor = (shape: readonly number[], dtype: number, values: Float32Array | Int32Array): Handle => ({
    id: backend.binding.createTensor(shape, dtype, values),
    shape,
    dtype,
  })
  const give = ({ id, shape, dtype }: Handle): tf.TensorInfo => {
    const dataId = {}
    made.delete(id)
    backend.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 })
    return { dataId, shape: [...shape], dtype: nameOf(dtype) }
  }
  const operations: Operations<string> = {
    input,
    inputs: <N extends readonly string[]>(...names: N) => names.map(input) as Each<N, Handle>, // one for each name
    has: (name) => given[name] !== undefined,
    floats: (values, shape = [values.length]) => {
      const handle = tensor(shape, TYPE.float32, Float32Array.from(values))
      made.add(handle.id)
      return handle
    },
    number: (value) => constant(`number ${value}`, () => tensor([], TYPE.float32, Float32Array.of(value))),
    constant: (values, shape = [values.length]) =>
      constant(`${shape.join()}:${values.join()}`, () => tensor(shape, TYPE.int32, Int32Array.from(values))),
    run: (name, handles, attributes) => {
      const [result] = execute(name, handles, 1, attributes)
      if (result === undefined) throw new Error(`${name} returned nothing.`)
      return result
    },
    runForAll: <K extends number>(name: string, handles: readonly Handle[], outputs: K, attributes?: Attributes) =>
      execute(name, handles, outputs, attributes) as Handles<K>, // as many as were asked for
    hold: (handle) => {
      held.add(handle.id)
      return handle
    },
    letGo: (handle) => {
      held.delete(handle.id)
      return handle
    },
    give,
    giveAll: <H extends readonly Handle[]>(handles: H) => handles.map(give) as Each<H, tf.TensorInfo>, // one for each handle
    same: (name) => {
      const { dataId, shape, dtype } = info(name)
      backend.incRef(dataId)
      return { dataId, shape, dtype }
    },
  }
  return (inputs, kernel) => {
    given = inputs as typeof given // the inputs of a kernel are tensors
    try {
      return kernel(operations)
    } finally {
      for (const id of made) backend.binding.deleteTensor(id)
      made.clear()
      held.clear()
      given = {}
    }
  }
})

const nameOf = (dtype: number): tf.DataType => {
  for (const name of ["float32", "int32", "bool"] as const) if (TYPE[name] === dtype) return name
  throw new Error(`A kernel on TensorFlow knows float32, int32 and bool, but was given the type ${dtype}.`)
}

/** Axes, shapes, permutations and factors: a few for each shape of layer, which stay. */
const constants = new Map<string, Handle>()
