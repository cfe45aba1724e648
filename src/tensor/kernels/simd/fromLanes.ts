/** A kernel over four lanes at a time, registered for the wasm backend where the engine has SIMD; others compose tfjs operations. */
import { sizeOf } from "../../../exact/frame.ts"
import type { tf } from "../../tf.ts"
import { inputOf } from "../typed/fromTyped.ts"
import type { Code, Lanes, Whole } from "./Code.ts"
import { compile, further, onHeap, type OnHeap } from "./Routine.ts"

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
  const results = Array.from({ length: outputs }, (_, i) => `out${i}` as const)
  type Place = Name | (typeof results)[number]
  const map = compile<Place | "count", Name>({
    wholes: ["count", ...tensors, ...results],
    numbers,
    body: (code, places: Readonly<Record<Place | "count", Whole>>, given) =>
      code.along(places.count, (part) => {
        const loaded = Object.fromEntries(tensors.map((name) => [name, part.load(places[name])]))
        const computed = body(code, { ...given, ...(loaded as Record<Name, Lanes>) }) // every name is there
        for (const [i, name] of results.entries()) part.store(places[name as Place], computed[i] ?? code.constant(NaN))
      }),
  })
  return (heap, inputs, attrs) => {
    const given = tensors.map((name) => [name, inputOf(inputs, name)] as const)
    const shape = given[0]?.[1].shape ?? []
    const made = results.map((name) => [name, heap.output(shape, "float32")] as const)
    for (const [, tensor] of given) heap.touch(tensor)
    const places = Object.fromEntries([...given, ...made].map(([name, tensor]) => [name, heap.place(tensor)]))
    const values = numbers.map((name) => [name, attrs[name] as readonly number[]] as const) // the attributes are ours
    const samples = values[0]?.[1].length ?? 1
    const count = sizeOf(shape) / samples
    for (let i = 0; i < samples; i++)
      map(heap.backend, {
        ...(further(places, 4 * i * count) as Record<Place, number>), // every name is there
        ...(Object.fromEntries(values.map(([name, each]) => [name, each[i] ?? NaN])) as Record<Name, number>), // and every one here
        count,
      } as Readonly<Record<Place | "count" | Name, number>>)
    const outs = made.map(([, tensor]) => tensor)
    const [only] = outs
    return outs.length === 1 && only !== undefined ? only : outs
  }
}
