/**
 * How a kernel on the backend `tensorflow` runs operations: on TensorFlow's own handles, with no tensor of tfjs in between.
 *
 * A kernel has up to two forms: one operation of `native/ops.cc`, and a sequence of stock operations for where that library is not loaded, or
 * where it does not reach, as on a GPU. Which one runs is decided once for the process.
 */
import type { tf } from "../../tf.ts"
import { oncePer } from "../oncePer.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import { hasOpLibrary } from "./opLibrary.ts"

// ---------------------------------------------------------------- model

/** The numbers by which TensorFlow's C interface calls types. */
export const TYPE = { float32: 1, int32: 3, bool: 10 } as const

/** A tensor of TensorFlow. One that a kernel makes is freed by the first operation that takes it, unless it is held or given. */
export interface Handle {
  readonly id: number
  readonly shape: ReadonlyArray<number>
  readonly dtype: number
}

/** An attribute of an operation, as the binding takes it. */
export interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: unknown
}

/** Types that inputs have are not among them: TensorFlow looks there, but for lists. Those that are the same in every call are best made once. */
export type Attributes = ReadonlyArray<Attribute>

/**
 * What a form may do.
 *
 * What an operation makes is freed by the operation that takes it, so that the next one writes to memory that is still in the cache: most of
 * the time of an operation on a million numbers is memory.
 */
export interface Operations {
  /** The input of this name. */
  readonly input: (name: string) => Handle
  /** Whether it was given. */
  readonly has: (name: string) => boolean
  /** Whole numbers that are the same in every call, such as axes. */
  readonly constant: (values: ReadonlyArray<number>, shape?: ReadonlyArray<number>) => Handle
  /** One float32 that is the same in every call. */
  readonly number: (value: number) => Handle
  /** Numbers that change from call to call. */
  readonly floats: (values: ReadonlyArray<number>, shape?: ReadonlyArray<number>) => Handle
  /** An operation with one output. */
  readonly run: (name: string, inputs: ReadonlyArray<Handle>, attributes?: Attributes) => Handle
  /** An operation with any number of outputs. */
  readonly runForAll: (
    name: string,
    inputs: ReadonlyArray<Handle>,
    outputs: number,
    attributes?: Attributes,
  ) => ReadonlyArray<Handle>
  /** Keeps what was made for more than one operation: until it is given or let go, or the kernel is done. */
  readonly hold: (handle: Handle) => Handle
  /** Has the next operation that takes what was held free it. */
  readonly letGo: (handle: Handle) => Handle
  /** The handle as an output of the kernel. */
  readonly give: (handle: Handle) => tf.TensorInfo
  /** An input that was written over, as an output of the kernel. */
  readonly same: (name: string) => tf.TensorInfo
}

/** One way to do a kernel's work. */
export type Form = (operations: Operations, attrs: Readonly<Record<string, unknown>>) => tf.TensorInfo | tf.TensorInfo[]

/** A kernel as tfjs registers it, and whether it is there with the op library, and without. */
export interface TensorflowKernel extends tf.KernelConfig {
  readonly isThere: (library: boolean) => boolean
}

/** The parts of tfjs-node's backend that kernels use; some of them are private in its typings. */
interface TensorflowBackend {
  readonly binding: {
    readonly executeOp: (
      name: string,
      attributes: Attributes,
      inputs: ReadonlyArray<number>,
      outputs: number,
    ) => ReadonlyArray<Handle>
    readonly createTensor: (shape: ReadonlyArray<number>, dtype: number, values: Float32Array | Int32Array) => number
    readonly deleteTensor: (id: number) => void
  }
  readonly tensorMap: {
    readonly get: (dataId: object) => { readonly dtype: number }
    readonly set: (dataId: object, data: object) => void
  }
  readonly getInputTensorIds: (tensors: ReadonlyArray<tf.TensorInfo>) => ReadonlyArray<number>
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

/** The kernel of this name, by one operation of the library or by stock operations. Where it has no form, callers do without the kernel. */
export const onTensorflow = (
  kernelName: string,
  forms: { readonly library?: Form; readonly stock?: Form },
): TensorflowKernel => ({
  kernelName,
  backendName: "tensorflow",
  isThere: (library) => (library ? forms.library : forms.stock) !== undefined,
  kernelFunc: ({ inputs, backend, attrs }) => {
    const form = hasOpLibrary() ? forms.library : forms.stock
    if (form === undefined) throw new Error(`${kernelName} was chosen before the op library was.`)
    // The engine only passes a kernel the backend it was registered for.
    return onBackend(backend as TensorflowBackend)(inputs, (operations) => form(operations, attrs ?? {}))
  },
})

/** Has TensorFlow copy what a tensor was made of, which it otherwise does when an operation first takes it. */
export const copyNow = (backend: unknown, x: tf.TensorInfo): void =>
  void (backend as TensorflowBackend).getInputTensorIds([x])

/** Has a kernel use TensorFlow: what it made and did not give is freed at its end. Kernels do not stand within each other. */
type Use = <A>(inputs: tf.NamedTensorInfoMap, kernel: (operations: Operations) => A) => A

const onBackend = oncePer((backend: TensorflowBackend): Use => {
  const made = new Set<number>()
  const held = new Set<number>()
  let given: tf.NamedTensorInfoMap = {}
  const info = (name: string): tf.TensorInfo => inputOf(given, name)
  const runForAll: Operations["runForAll"] = (name, handles, outputs, attributes = []) => {
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
  const tensor = (shape: ReadonlyArray<number>, dtype: number, values: Float32Array | Int32Array): Handle => ({
    id: backend.binding.createTensor(shape, dtype, values),
    shape,
    dtype,
  })
  const operations: Operations = {
    input: (name) => {
      const x = info(name)
      const [id = NaN] = backend.getInputTensorIds([x])
      return { id, shape: x.shape, dtype: backend.tensorMap.get(x.dataId).dtype }
    },
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
      const [result] = runForAll(name, handles, 1, attributes)
      if (result === undefined) throw new Error(`${name} has given nothing.`)
      return result
    },
    runForAll,
    hold: (handle) => {
      held.add(handle.id)
      return handle
    },
    letGo: (handle) => {
      held.delete(handle.id)
      return handle
    },
    give: ({ id, shape, dtype }) => {
      const dataId = {}
      made.delete(id)
      backend.tensorMap.set(dataId, { shape, dtype, id, values: null, refCount: 1 })
      return { dataId, shape: [...shape], dtype: nameOf(dtype) }
    },
    same: (name) => {
      const { dataId, shape, dtype } = info(name)
      backend.incRef(dataId)
      return { dataId, shape, dtype }
    },
  }
  return (inputs, kernel) => {
    given = inputs
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
