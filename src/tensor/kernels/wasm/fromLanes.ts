/** A kernel over four lanes at a time, registered for the wasm backend where the engine has SIMD; others compose tfjs operations. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../cpu/fromTyped.ts"
import type { Code, Lanes, Whole } from "./assembler/Code.ts"
import { compile, onHeap, type OnHeap } from "./assembler/Routine.ts"
import { overSamples, withNumbers } from "./samples.ts"

// ---------------------------------------------------------------- model

/** What is computed, element by element, of tensors and of numbers that are the same for all elements of a sample. */
export interface Elementwise<Name extends string> {
  readonly tensors: readonly Name[]
  readonly numbers: readonly Name[]
  readonly outputs: number
  /** The results, one for each output. */
  readonly body: (code: Code, values: Readonly<Record<Name, Lanes>>) => readonly Lanes[]
}

// --------------------------------------------------------- constructors

/** An elementwise kernel that runs nowhere but on wasm. */
export const fromLanes = <const Name extends string>(
  kernelName: string,
  given: Elementwise<Name>,
): readonly tf.KernelConfig[] => onHeap(kernelName, elementwise(given))

/**
 * `tensors` are the names of inputs of one shape, float32 `[batch, ...]`, which is that of the outputs; `numbers` those of attributes, each an
 * array with a number for every sample of the batch.
 */
export const elementwise = <const Name extends string>({
  tensors,
  numbers,
  outputs,
  body,
}: Elementwise<Name>): OnHeap => {
  const results = Array.from({ length: outputs }, (_, i) => `out${i}`)
  const map = compile<string, never>({
    wholes: ["samples", "count", "given", ...tensors, ...results],
    numbers: [],
    body: (code, places) => {
      const { samples, count, given } = places as Record<"samples" | "count" | "given", Whole> // those three are among them
      const bytes = code.times(count, 4)
      const rows = Object.fromEntries(
        [...tensors, ...results].map((name) => [name, [places[name] ?? given, bytes] as const]),
      )
      overSamples(code, { samples, given, names: numbers, rows }, (each, at) =>
        code.along(count, (part) => {
          const loaded = Object.fromEntries(tensors.map((name) => [name, part.load(at[name] ?? given)]))
          const computed = body(code, { ...each, ...(loaded as Record<Name, Lanes>) }) // every name is there
          for (const [i, result] of computed.entries()) part.store(at[`out${i}`] ?? given, result)
        }),
      )
    },
  })
  return (heap, inputs, attrs) => {
    const given = tensors.map((name) => [name, inputOf(inputs, name)] as const)
    const shape = given[0]?.[1].shape ?? []
    const made = results.map((name) => [name, heap.output(shape, "float32")] as const)
    const values = numbers.map((name) => attrs[name] as readonly number[]) // the attributes are ours
    const samples = values[0]?.length ?? 1
    withNumbers(heap, values, samples, (place) => {
      for (const [, tensor] of given) heap.touch(tensor)
      const places = Object.fromEntries([...given, ...made].map(([name, tensor]) => [name, heap.place(tensor)]))
      map(heap.backend, { ...places, samples, count: sizeOf(shape) / samples, given: place })
    })
    const outs = made.map(([, tensor]) => tensor)
    const [only] = outs
    return outs.length === 1 && only !== undefined ? only : outs
  }
}
