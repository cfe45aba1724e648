/** A kernel that is a loop on every backend whose numbers JavaScript can reach, and four lanes at a time on wasm where it can be. */
import type { tf } from "../../tf.ts"
import { fromTyped, type Typed } from "../cpu/fromTyped.ts"
import { onHeap, type OnHeap } from "./assembler/Routine.ts"

/** `lanes` answers null for sizes that it does not do, before it makes anything; both have the same bits. */
export const fromBoth = (
  kernelName: string,
  loop: Typed,
  lanes: (...given: Parameters<OnHeap>) => ReturnType<OnHeap> | null,
): readonly tf.KernelConfig[] => {
  const [onCpu, onWasm] = fromTyped(kernelName, loop)
  const [inLanes = onWasm] = onHeap(
    kernelName,
    (heap, inputs, attrs) => lanes(heap, inputs, attrs) ?? loop(heap, inputs, attrs),
  )
  return [onCpu, inLanes]
}
