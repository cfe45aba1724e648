/**
 * Runs cases on the current backend, and reports which implementations no case compares.
 */
import { expect, it } from "vitest"
import { useKernels } from "../../src/tensor/kernels/dispatch.ts"
import type { Implementation } from "../../src/tensor/kernels/implement.ts"
import { ownKernels } from "../../src/tensor/kernels/kernels.ts"
import { tf } from "../../src/tensor/tf.ts"
import type { Case, Distance } from "./Case.ts"
import { parities } from "./hosts.ts"
import { onReference } from "./reference.ts"
import { sizesOf, variantOf, variantsOf, withoutEmpty } from "./variants.ts"

// ---------------------------------------------------------------- model

/** What ran through implementations: the tested sizes, by kernel and variant. */
export type Reached = Map<string, Set<string>>

interface Result {
  readonly shape: readonly number[]
  readonly dtype: tf.DataType
  readonly values: ArrayLike<number>
}

// ----------------------------------------------------------- combinators

/** Defines a test for each kernel and title. The backend must be selected when they run. */
export const kernelLaws = (backend: string, cases: readonly Case[]): void => {
  for (const name of new Set(cases.map(nameOf)))
    it(name, async () => {
      for (const one of cases.filter((other) => nameOf(other) === name)) await compare(backend, one)
    })
}

/** Runs a case with the implementation and with plain operations, and compares both with the reference. */
export const compare = async (backend: string, one: Case): Promise<void> => {
  const { refused } = one
  const name = nameOf(one)
  if (refused !== null) return expect(() => tf.tidy(() => void one.own()), name).toThrow(refused)
  const before = alive()
  const distance = one.on[backend] ?? one.distance
  const right = await composed(() => onReference(() => results(one, one.plain)))
  const own = await results(one, one.own)
  expectClose(`${name} on ${backend}`, own, right, { distance, optional: one.optional })
  if (one.hasFallback) {
    const fallback = await composed(() => results(one, one.plain))
    expectClose(`${name} in plain operations on ${backend}`, fallback, right, { distance, optional: 0 })
  }
  expect(alive(), `what is left after ${name}`).toEqual(before)
}

/** Records the calls of a backend's implementations from now on. */
export const record = (backend: string): Reached => {
  const reached: Reached = new Map()
  for (const name of implementations(backend)) {
    const kernel = tf.getKernel(name, backend)
    tf.unregisterKernel(name, backend)
    tf.registerKernel({
      ...kernel,
      kernelFunc: (call) => {
        const outputs = kernel.kernelFunc(call)
        const key = `${name}${variantOf(name, call.inputs, call.attrs ?? {})}`
        const sizes = reached.get(key) ?? new Set()
        reached.set(key, sizes)
        for (const size of sizesOf(call.inputs, [outputs].flat())) sizes.add(size)
        return outputs
      },
    })
  }
  return reached
}

/**
 * Returns sentences on the implementations of a backend, of all variants and sizes, that were not compared. Empty if
 * every law was tested.
 */
export const missing = (backend: string, cases: readonly Case[], reached: Reached): readonly string[] => {
  const known = new Set(cases.map(({ kernel }) => kernel))
  return implementations(backend).flatMap((name) => {
    if (!known.has(name)) return [`${name} has no law.`]
    const kernel: Implementation = tf.getKernel(name, backend)
    return variantsOf(name)
      .filter(({ attributes }) => kernel.covers?.(attributes) ?? true)
      .flatMap(({ key }) => {
        const sizes = reached.get(`${name}${key}`)
        if (sizes === undefined) return [`${name}${key} is not reached by its law.`]
        const wanted = withoutEmpty.has(name) ? ["one", "odd"] : ["empty", "one", "odd"]
        return wanted.filter((size) => !sizes.has(size)).map((size) => `${name}${key} is not tried on a size that is ${size}.`) // prettier-ignore
      })
  })
}

/** Defines all tests of a backend: its laws, and that they miss nothing. */
export const manifest = (backend: string, cases: readonly Case[], start: () => Promise<unknown>): void => {
  let reached: Reached = new Map()
  it(`starts ${backend}`, async () => {
    await start()
    reached = record(backend)
  })
  kernelLaws(backend, cases)
  it("every implementation is compared by a law", () => expect(missing(backend, cases, reached)).toEqual([]))
}

/** Uses plain operations within `body`, whatever the backend implements. */
const composed = async <A>(body: () => Promise<A>): Promise<A> => {
  useKernels("composed")
  try {
    return await body()
  } finally {
    useKernels("own")
  }
}

// ---------------------------------------------------------- destructors

/** Returns the results of a run, and frees everything. Runs synchronously up to the reads. */
const results = async ({ planes }: Case, run: () => readonly tf.Tensor[]): Promise<readonly Result[]> => {
  const tensors = tf.tidy(() => [...run()])
  const reads = tensors.map((x) => x.data())
  const values = await Promise.all(reads)
  const found = tensors.map(({ shape, dtype }, i): Result => {
    const numbers = (values[i] ?? []) as ArrayLike<number> // no kernel here has strings
    const isPlane = planes.includes(i)
    if (!isPlane) return { shape: [...shape], dtype, values: numbers.length === tensors[i]?.size ? Array.from(numbers) : [NaN] } // prettier-ignore
    return { shape: [], dtype: "bool", values: parities(numbers, dtype) }
  })
  for (const tensor of tensors) tensor.dispose()
  return found
}

/** The names of all custom implementations: those of the table, and whatever else was registered. */
const implementations = (backend: string): readonly string[] => {
  const registered = tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName)
  return [...new Set([...ownKernels(backend), ...registered.filter((name) => name.startsWith("Bijou"))])]
}

const nameOf = ({ kernel, title }: Case): string => `${kernel} ${title}`

const alive = () => [tf.memory().numTensors, tf.engine().backend.numDataIds()]

const expectClose = (
  name: string,
  found: readonly Result[],
  right: readonly Result[],
  { distance, optional }: Pick<Case, "distance" | "optional">,
): void => {
  expect(found.length, `the outputs of ${name}`).toBeGreaterThanOrEqual(right.length - optional)
  expect(found.length, `the outputs of ${name}`).toBeLessThanOrEqual(right.length)
  for (const [i, one] of right.slice(0, found.length).entries()) {
    const close = closeTo(one, distance)
    const output = `output ${i} of ${name}`
    const { shape, dtype, values } = found[i] ?? { shape: [], dtype: "string", values: [] }
    expect([dtype, ...shape], output).toEqual([one.dtype, ...one.shape])
    const wrong = Array.from(one.values).findIndex((value, at) => !close(values[at] ?? NaN, value))
    if (wrong >= 0 || values.length !== one.values.length)
      expect.fail(
        `${output}: ${show(values[wrong])} at place ${wrong} of [${shape.join(", ")}], but ${show(one.values[wrong])} is right, to ${JSON.stringify(distance)}.`,
      )
  }
}

const show = (x: number | undefined): string => (Object.is(x, -0) ? "-0" : String(x))

const closeTo = ({ values }: Result, distance: Distance): ((found: number, right: number) => boolean) => {
  if (distance === "bits") return Object.is
  const largest = Array.from(values).reduce((most, x) => (Math.abs(x) > most ? Math.abs(x) : most), 1)
  return (found, right) => {
    if (Object.is(found, right)) return true
    if (!Number.isFinite(right)) return false
    if ("ofEach" in distance) return Math.abs(found - right) <= distance.ofEach * Math.max(1, Math.abs(right))
    return Math.abs(found - right) <= distance.ofLargest * largest
  }
}
