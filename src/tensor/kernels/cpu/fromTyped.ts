/** One kernel written against `Access`, registered for both backends whose numbers JavaScript can reach. */
import type { tf } from "../../tf.ts"
import { type Access, asCpu, asWasm, fromCpu, fromWasm } from "./Access.ts"

/** What a kernel is called with, with the backend already turned into an `Access`. */
export type Typed = (
  access: Access,
  inputs: tf.NamedTensorInfoMap,
  attrs: { readonly [name: string]: unknown },
) => tf.TensorInfo | tf.TensorInfo[]

/** The kernel as tfjs registers it, once for cpu and once for wasm. */
export const fromTyped = (
  kernelName: string,
  kernel: Typed,
): readonly [onCpu: tf.KernelConfig, onWasm: tf.KernelConfig] => [
  {
    kernelName,
    backendName: "cpu",
    kernelFunc: ({ inputs, backend, attrs }) => kernel(fromCpu(asCpu(backend)), inputs, attrs ?? {}),
  },
  {
    kernelName,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend, attrs }) => kernel(fromWasm(asWasm(backend)), inputs, attrs ?? {}),
  },
]

/** An input that the caller must give. */
export const inputOf = (
  inputs: { readonly [name: string]: tf.TensorInfo | undefined },
  name: string,
): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined) throw new Error(`The kernel needs an input called "${name}", and was not given it.`)
  return x
}
