/**
 * Kernels that are wrong on the wasm backend, or missing if the engine has no SIMD, most of them for gradients. The cpu
 * backend's kernel of the same name runs on the wasm heap, in place.
 *
 * The result has the bits of the cpu backend.
 */
import { tf } from "../../../tf.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { fallback } from "../../fallbacks.ts"
import type { Returned } from "../../implement.ts"
import type { Contract, Outputs } from "../../spec/Kernel.ts"
import { hasSimd } from "../assembler/Routine.ts"
import { asCpu, type Numbers } from "../../cpu/Access.ts"
import { asWasm, fromWasm, type WasmBackend } from "../WasmBackend.ts"

/**
 * The kernels that gradients on wasm call but wasm lacks. With SIMD, kernels of this folder replace them.
 * `UnsortedSegmentSum` is a loop and not listed.
 */
const MISSING = [tf.Conv2DBackpropFilter, tf.DepthwiseConv2dNativeBackpropFilter, tf.DepthwiseConv2dNativeBackpropInput]

/** The kernels of wasm whose results differ from the definition. */
const WRONG = [
  tf.Conv3DBackpropFilterV2,
  tf.Conv3DBackpropInputV2,
  tf.Dilation2D,
  tf.Dilation2DBackpropFilter,
  tf.Dilation2DBackpropInput,
  tf.MaxPool3D,
  tf.MaxPool3DGrad,
  tf.MaxPoolGrad,
]

/** Makes a fallback: the cpu backend's kernel of this name, run on the wasm heap. */
export const fromCpu = (kernelName: string): tf.KernelConfig =>
  fallback({
    kernelName,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend, attrs }) => {
      const heap = fromWasm(asWasm(backend))
      const cpu = asCpu(tf.findBackend("cpu"))
      const kernel = tf.getKernel(kernelName, "cpu")
      const infos = Object.entries(inputs).flatMap(([name, x]) => (x === undefined || x === null ? [] : [{ name, x }]))
      for (const { x } of infos) heap.touch(x)
      const borrowed = infos.map(({ name, x }) => ({
        name,
        t: ranked(cpu.makeTensorInfo(x.shape, x.dtype, heap.view(x))),
      }))
      const made: tf.TensorInfo[] = []
      try {
        const result = kernel.kernelFunc({
          inputs: Object.fromEntries(borrowed.map(({ name, t }) => [name, t])),
          backend: tf.findBackend("cpu"),
          attrs: attrs ?? {},
        })
        made.push(...[result].flat())
        // The views that the cpu kernel read may become invalid here, when the heap grows for the outputs. They are not
        // read again.
        const copied = (t: tf.TensorInfo) => copy(heap, t, cpu.data.get(t.dataId).values)
        return Array.isArray(result) ? result.map(copied) : copied(result)
      } finally {
        for (const t of [...made, ...borrowed.map(({ t }) => t)]) cpu.disposeData(t.dataId)
      }
    },
  })

/** Returns the same as a function of a contract's inputs and attributes. */
export const byCpu = <I extends object, A extends object, O extends Outputs>({ name }: Contract<I, A, O>) => {
  const { kernelFunc } = fromCpu(name)
  return (backend: WasmBackend, inputs: I, attributes: A): Returned<O> =>
    kernelFunc({
      inputs: inputs as unknown as tf.NamedTensorInfoMap, // the contract names them
      backend,
      attrs: attributes as unknown as tf.NamedAttrMap, // the contract names them
    }) as Returned<O>
}

/** Adds the rank, which the engine's tensors have and some cpu kernels read. */
const ranked = (t: tf.TensorInfo): tf.TensorInfo => Object.assign(t, { rank: t.shape.length })

const copy = (heap: ReturnType<typeof fromWasm>, t: tf.TensorInfo, values: Numbers): tf.TensorInfo => {
  const out = heap.output(t.shape, t.dtype)
  heap.view(out).set(values.subarray(0, sizeOf(t.shape)))
  return out
}

export const borrowedKernels: readonly tf.KernelConfig[] = [...(hasSimd ? [] : MISSING), ...WRONG].map(fromCpu)
