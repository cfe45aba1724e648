import type { tf } from "../../tf.ts"
export const inputOf = (
  inputs: { readonly [name: string]: tf.TensorInfo | undefined },
  name: string,
): tf.TensorInfo => {
  const x = inputs[name]
  if (x === undefined) throw new Error(`The kernel needs an input called "${name}", and was not given it.`)
  return x
}
