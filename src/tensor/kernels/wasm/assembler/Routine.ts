/** A function on the heap of tfjs's wasm backend: written once, compiled when a backend first calls it. */
import { oncePer } from "../../oncePer.ts"
import type { WasmBackend } from "../WasmBackend.ts"
import type { Code, V128, I32 } from "./Code.ts"
import { GET, moduleAround, SET, SIMD, TYPE, unsigned } from "./instructions.ts"
import { webAssembly } from "./webAssembly.ts"
import { writer } from "./writer.ts"

// ---------------------------------------------------------------- model

/** Parameters in the order in which they are passed, integers first, and what is done with them. */
export interface Routine<Name extends string, Given extends string> {
  /** Counts, and places of tensors in bytes. */
  readonly integers: readonly Name[]
  /** Float32 numbers, handed to the body in all four lanes. */
  readonly numbers: readonly Given[]
  readonly body: (code: Code, integers: Readonly<Record<Name, I32>>, numbers: Readonly<Record<Given, V128>>) => void
}

/** Calls a routine on the heap of a backend. */
export type Call<Name extends string> = (backend: WasmBackend, values: Readonly<Record<Name, number>>) => void

// --------------------------------------------------------- constructors

/** The module whose function `run` is the routine. */
const moduleOf = <Name extends string, Given extends string>({
  integers,
  numbers,
  body,
}: Routine<Name, Given>): Uint8Array => {
  const count = integers.length + numbers.length
  const { code, written, locals } = writer(count + numbers.length)
  const splats = numbers.flatMap((_, i) => [
    ...[GET, ...unsigned(integers.length + i), SIMD, 0x13],
    ...[SET, ...unsigned(count + i)],
  ])
  const given = Object.fromEntries(integers.map((name, index) => [name, { index }]))
  const lanes = Object.fromEntries(numbers.map((name, i) => [name, { local: count + i }]))
  body(code, given as Record<Name, I32>, lanes as Record<Given, V128>) // every name is there
  return moduleAround(
    [...integers.map(() => TYPE.i32), ...numbers.map(() => TYPE.f32)],
    [...numbers.map(() => TYPE.v128), ...locals],
    [...splats, ...written()],
  )
}

/** The routine, compiled for a backend when it is first called there. */
export const compile = <Name extends string, Given extends string>(
  routine: Routine<Name, Given>,
): Call<Name | Given> => {
  const names: readonly (Name | Given)[] = [...routine.integers, ...routine.numbers]
  // Filled anew for every call, so that a call makes no array.
  const given = names.map(() => 0)
  const instance = oncePer((backend: WasmBackend) => {
    const { exports } = new webAssembly.Instance(new webAssembly.Module(moduleOf(routine)), {
      env: { memory: backend.wasm.asm.memory },
    })
    return exports["run"] as (...values: number[]) => void // the one export of `moduleOf`
  })
  return (backend, values) => {
    for (let i = 0; i < names.length; i++) {
      const name = names[i]
      if (name !== undefined) given[i] = values[name]
    }
    instance(backend)(...given)
  }
}

// ---------------------------------------------------------- destructors

/** Whether the engine has SIMD, and with it kernels in lanes. */
export const hasSimd = webAssembly.validate(
  moduleOf({ integers: ["x"], numbers: [], body: ({ load, store }, { x }) => store(x, load(x)) }),
)
