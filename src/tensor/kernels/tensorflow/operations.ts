/**
 * Runs operations for kernels on the backend `tensorflow`, directly on TensorFlow's handles, without TensorFlow.js
 * tensors.
 *
 * A kernel has up to two forms: one operation of `native/ops.cc`, and a sequence of stock operations for when that
 * library is not loaded or does not work, as on a GPU. The form is selected once per process.
 */
import type { tf } from "../../tf.ts"
import { oncePer } from "../oncePer.ts"
import { covering, implement, type Implementation, type Returned } from "../implement.ts"
import type { Contract, Outputs } from "../spec/Kernel.ts"
import { hasOpLibrary } from "./opLibrary.ts"

// ---------------------------------------------------------------- model

/** The type codes of TensorFlow's C interface. */
export const TYPE = { float32: 1, int32: 3, bool: 10 } as const

/**
 * A tensor of TensorFlow. The first operation that takes a tensor made by the kernel frees it, unless it is held or
 * given.
 */
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
 * Attributes of an operation. TensorFlow infers types from the inputs, except from lists, so such types are left out.
 * Make attributes that are the same in every call only once.
 */
export type Attributes = readonly Attribute[]

/** A tuple of `N` handles. */
type Handles<N extends number, H extends readonly Handle[] = readonly []> = number extends N
  ? readonly Handle[]
  : H["length"] extends N
    ? H
    : Handles<N, readonly [...H, Handle]>

/** A tuple with one `T` for each element of `H`. */
type Each<H extends readonly unknown[], T> = { readonly [K in keyof H]: T }

/**
 * The operations that a form may use; `N` is the type of the names of the kernel's inputs.
 *
 * An operation frees the intermediate tensors that it takes, so the next one writes to memory that is still in the
 * cache. Memory access takes most of the time of an operation on a million numbers.
 */
export interface Operations<N extends string = never> {
  /** Returns the input of this name. Throws if it is missing. */
  readonly input: (name: N) => Handle
  /** Returns the inputs of these names. */
  readonly inputs: <const Names extends readonly N[]>(...names: Names) => Each<Names, Handle>
  /** Returns whether the input was given. */
  readonly has: (name: N) => boolean
  /** Returns integers that are the same in every call, such as axes. */
  readonly constant: (values: readonly number[], shape?: readonly number[]) => Handle
  /** Returns one float32 that is the same in every call. */
  readonly number: (value: number) => Handle
  /** Returns numbers that change from call to call. */
  readonly floats: (values: readonly number[], shape?: readonly number[]) => Handle
  /** Runs an operation with one output. */
  readonly run: (name: string, inputs: readonly Handle[], attributes?: Attributes) => Handle
  /** Runs an operation with `outputs` outputs. */
  readonly runForAll: <K extends number>(
    name: string,
    inputs: readonly Handle[],
    outputs: K,
    attributes?: Attributes,
  ) => Handles<K>
  /** Keeps a handle for more than one operation, until it is given, let go, or the kernel ends. */
  readonly hold: (handle: Handle) => Handle
  /** Lets the next operation that takes a held handle free it. */
  readonly letGo: (handle: Handle) => Handle
  /** Returns the handle as an output of the kernel. */
  readonly give: (handle: Handle) => tf.TensorInfo
  /** Returns the handles as the outputs of the kernel. */
  readonly giveAll: <const H extends readonly Handle[]>(handles: H) => Each<H, tf.TensorInfo>
  /** Returns an overwritten input as an output of the kernel. */
  readonly same: (name: N) => tf.TensorInfo
}

/** One implementation of a kernel. */
type Form<I, A, O> = (operations: Operations<keyof I & string>, attributes: A) => Returned<O>

/** The forms of a kernel. */
interface Forms<I, A, O> {
  /** The form that uses the operations of `native/ops.cc`. */
  readonly library?: Form<I, A, O>
  /** The form that uses stock operations. */
  readonly stock?: Form<I, A, O>
  /** Returns whether the stock operations support these attributes. If it is missing, all attributes are supported. */
  readonly stockCovers?: (attributes: A) => boolean
}

/** A kernel as TensorFlow.js registers it, and whether it exists with and without the op library. */
export interface TensorflowKernel extends Implementation {
  readonly isThere: (library: boolean) => boolean
}

/** The parts of tfjs-node's backend that kernels use. Some of them are private in its typings. */
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

/** Makes attributes of operations. */
export const attribute = {
  whole: (name: string, value: number): Attribute => ({ name, type: 1, value }),
  float: (name: string, value: number): Attribute => ({ name, type: 2, value }),
  flag: (name: string, value: boolean): Attribute => ({ name, type: 3, value }),
  type: (name: string, value: keyof typeof TYPE): Attribute => ({ name, type: 4, value: TYPE[value] }),
}

/**
 * Implements a kernel by one operation of the library or by stock operations. If it has no suitable form, callers
 * compose the kernel.
 */
export const onTensorflow = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  { library, stock, stockCovers }: Forms<I, A, O>,
): TensorflowKernel => {
  const kernel = implement(contract, "tensorflow", open, (use, inputs, attributes: A) => {
    const form = hasOpLibrary() ? library : stock
    if (form === undefined) throw new Error(`${contract.name} was selected before the op library was loaded.`)
    return use(inputs, (operations) => form(operations, attributes))
  })
  return {
    ...(stockCovers === undefined
      ? kernel
      : covering(kernel, (attributes: A) => hasOpLibrary() || stockCovers(attributes))),
    isThere: (loaded) => (loaded ? library : stock) !== undefined,
  }
}

/** Makes TensorFlow copy the values of a tensor now. Otherwise it does so when an operation first takes the tensor. */
export const copyNow = (backend: unknown, x: tf.TensorInfo): void => void backendOf(backend).getInputTensorIds([x])

/** Casts the backend of a kernel. The engine passes a kernel the backend that it was registered for. */
const backendOf = (backend: unknown): TensorflowBackend => backend as TensorflowBackend

/**
 * Runs a kernel with access to TensorFlow. At its end, tensors that it made and did not give are freed. Kernels do not
 * nest.
 */
type Use = <A>(inputs: object, kernel: (operations: Operations<string>) => A) => A

const open = (backend: unknown): Use => onBackend(backendOf(backend))

const onBackend = oncePer((backend: TensorflowBackend): Use => {
  const made = new Set<number>()
  const held = new Set<number>()
  let given: Readonly<Record<string, tf.TensorInfo | undefined>> = {}
  const info = (name: string): tf.TensorInfo => {
    const x = given[name]
    if (x === undefined) throw new Error(`The kernel was called without its input "${name}".`)
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
    // one input for each name
    inputs: <N extends readonly string[]>(...names: N) => names.map(input) as Each<N, Handle>,
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
      execute(name, handles, outputs, attributes) as Handles<K>, // execute returns the requested number of outputs
    hold: (handle) => {
      held.add(handle.id)
      return handle
    },
    letGo: (handle) => {
      held.delete(handle.id)
      return handle
    },
    give,
    // map returns one output for each handle
    giveAll: <H extends readonly Handle[]>(handles: H) => handles.map(give) as Each<H, tf.TensorInfo>,
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
  throw new Error(`A kernel on TensorFlow supports float32, int32 and bool, but not ${dtype}.`)
}

/** The cached axes, shapes, permutations and factors, of which there are a few for each layer shape. */
const constants = new Map<string, Handle>()
