/** `Unpack` (unstack) by runs of the heap; the stock kernel slices once for each part, and slow beyond rank four. */
import type { tf } from "../../../tf.ts"
import { sizeOf } from "../../../../exact/frame.ts"
import { asWasm, bitsOf, fromWasm } from "../../cpu/Access.ts"
import { inputOf } from "../../cpu/fromTyped.ts"

export const unpackKernel: tf.KernelConfig = {
  kernelName: "Unpack",
  backendName: "wasm",
  kernelFunc: ({ inputs, backend, attrs }) => {
    const x = inputOf(inputs, "value")
    const given = Number(attrs?.["axis"])
    const axis = given < 0 ? given + x.shape.length : given
    const parts = x.shape[axis] ?? 0
    const access = fromWasm(asWasm(backend))
    const shape = x.shape.filter((_, i) => i !== axis)
    const outs = Array.from({ length: parts }, () => access.output(shape, x.dtype))
    access.touch(x)
    const length = sizeOf(x.shape.slice(axis + 1))
    const count = sizeOf(x.shape.slice(0, axis))
    const from = bitsOf(access, x)
    outs.forEach((out, part) => {
      const to = bitsOf(access, out)
      for (let i = 0; i < count; i++) {
        const f = (i * parts + part) * length
        if (length >= 128) to.set(from.subarray(f, f + length), i * length)
        else for (let j = 0; j < length; j++) to[i * length + j] = from[f + j] ?? 0
      }
    })
    return outs
  },
}
