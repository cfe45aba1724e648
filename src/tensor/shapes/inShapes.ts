/**
 * Runs tensor code over shapes alone: every tensor has a shape, a type and a buffer that is counted, but no values.
 *
 * A substitute replaces the real backend. The same ops, tapes, scopes and custom kernels allocate, share and free the
 * same buffers as on the real one, so `buffers` counts what a run would allocate, even for a network that does not fit
 * into memory. Code that reads values sees zeros.
 */
import { sizeOf } from "../../exact/frame.ts"
import { shareBuffer, tf, withBackend } from "../tf.ts"
import type { Implementation } from "../kernels/implement.ts"
import { KERNELS } from "../kernels/spec/kernels.ts"
import type { Made, Outcome } from "../kernels/spec/Outcome.ts"
import { hasOpLibrary } from "../kernels/tensorflow/opLibrary.ts"
import type { Call } from "./Rule.ts"
import { stockChecks } from "./stockChecks.ts"
import { stockRules } from "./stockRules.ts"
import { tensorflowRules } from "./tensorflowRules.ts"

// ---------------------------------------------------------------- model

/** The work of kernels: operations of matmuls and convolutions, and bytes that were read and written. */
export interface Work {
  readonly operations: number
  readonly bytes: number
}

/** A kernel without a rule for shapes was called. */
export class UnknownShape extends Error {}

// ----------------------------------------------------------- combinators

/** Runs code, which must be synchronous, over shapes alone, as it would run on the backend in use. */
export const inShapes = <A>(body: () => A): A => {
  const target = tf.getBackend()
  if (target.startsWith(prefix)) return body()
  return withBackend(standIn(target), body)
}

// ---------------------------------------------------------- destructors

/** Returns whether the calling code runs over shapes alone. */
export const hasShapesOnly = (): boolean => tf.getBackend()?.startsWith(prefix) ?? false

/** Returns the work of all kernels over shapes so far. Only differences of it are meaningful. */
export const workSoFar = (): Work => ({ ...done })

const prefix = "shapes of "

const done = { operations: 0, bytes: 0 }

/** Returns the name of the substitute for a backend, which has the same kernels. */
const standIn = (target: string): string => {
  const name = `${prefix}${target}`
  if (tf.engine().registryFactory[name] === undefined) tf.registerBackend(name, () => shapeBackend(), 0)
  for (const kernel of tf.getKernelsForBackend(target)) {
    const { kernelName } = kernel
    if (tf.getKernel(kernelName, name) !== undefined) continue
    const shapes: Implementation = {
      ...kernel,
      backendName: name,
      kernelFunc: ({ inputs, attrs, backend }) => {
        const call = { inputs, attrs: attrs ?? {}, target: { backend: target, opLibrary: hasOpLibrary() } }
        return outputs(kernelName, call, backend as ShapeBackend) // the kernel is registered for this backend
      },
    }
    tf.registerKernel(shapes)
  }
  return name
}

const outputs = (kernelName: string, call: Call, backend: ShapeBackend) => {
  const { outputs: made, operations = 0, bytes = 0 } = outcomeOf(kernelName, call)
  const several = [made].flat()
  const touched = [...Object.values(call.inputs), ...several].filter((x) => x !== undefined && x !== null)
  done.operations += operations
  if (several.some(({ of }) => of === undefined))
    done.bytes += touched.reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0)
  const make = ({ shape, dtype, of }: Made) => {
    if (of !== undefined) shareBuffer(of.dataId)
    return { dataId: of?.dataId ?? backend.write(), shape: [...shape], dtype }
  }
  const infos = bytes === 0 ? several.map(make) : beside(backend, bytes, () => several.map(make))
  const [first] = infos
  return Array.isArray(made) || first === undefined ? infos : first
}

const outcomeOf = (kernelName: string, call: Call): Outcome => {
  const { inputs, attrs, target } = call
  const kernel = KERNELS.get(kernelName)
  if (kernel !== undefined) return kernel.outcome(inputs, attrs, target)
  stockChecks[kernelName]?.(inputs, attrs)
  const rule = (target.backend === "tensorflow" ? tensorflowRules[kernelName] : undefined) ?? stockRules[kernelName]
  if (rule === undefined)
    throw new UnknownShape(
      `the output of the kernel ${kernelName} cannot be derived from shapes alone. Measure this network instead.`,
    )
  return rule(call)
}

/** Returns the results of `body`, which runs while a temporary tensor of the given number of bytes is alive. */
const beside = (backend: ShapeBackend, bytes: number, body: () => ReadonlyArray<tf.TensorInfo>): tf.Tensor[] => {
  const made = (info: tf.TensorInfo) => tf.engine().makeTensorFromTensorInfo(info)
  const temporary = made({ dataId: backend.write(), shape: [bytes], dtype: "bool" })
  const results = body().map(made)
  temporary.dispose()
  return results
}

interface ShapeBackend extends tf.KernelBackend {
  readonly write: () => object
}

/** Makes a backend that counts the references to each buffer. Reads return zeros. */
const shapeBackend = (): tf.KernelBackend => {
  const references = new Map<object, number>()
  const change = (id: object, by: number) => {
    const count = (references.get(id) ?? 0) + by
    if (count > 0) references.set(id, count)
    else references.delete(id)
    return count <= 0
  }
  const zeros = (id: object) => {
    const { shape, dtype } = tf.engine().state.tensorInfo.get(id) ?? { shape: [], dtype: "float32" as const }
    return tf.util.makeZerosTypedArray(
      sizeOf(shape),
      dtype === "bool" ? "bool" : dtype === "int32" ? "int32" : "float32",
    )
  }
  const members = {
    write: () => {
      const id = {}
      references.set(id, 1)
      return id
    },
    move: (id: object, _values: unknown, _shape: unknown, _dtype: unknown, count: number) => references.set(id, count),
    incRef: (id: object) => void change(id, 1),
    decRef: (id: object) => void change(id, -1),
    refCount: (id: object) => references.get(id) ?? 0,
    disposeData: (id: object, force = false) => (force ? references.delete(id) : change(id, -1)),
    read: async (id: object) => zeros(id),
    readSync: zeros,
    numDataIds: () => references.size,
    floatPrecision: () => 32,
    epsilon: () => 1e-7,
    memory: () => ({ unreliable: true }),
    dispose: () => references.clear(),
  }
  return Object.assign(new tf.KernelBackend(), members)
}
