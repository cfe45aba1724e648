/** A function on the heap of tfjs's wasm backend, written once and compiled when a backend first calls it. */
import { oncePer } from "../../oncePer.ts"
import type { WasmBackend } from "../WasmBackend.ts"
import type { Code, V128, I32 } from "./Code.ts"
import { GET, moduleAround, SET, SIMD, TYPE, unsigned } from "./instructions.ts"
import { webAssembly } from "./webAssembly.ts"
import { writer } from "./writer.ts"

// ---------------------------------------------------------------- model

/** The parameters of a function in the order in which they are passed, integers first, and its body. */
export interface Routine<Name extends string, Given extends string> {
  /** The names of counts and of byte addresses of tensors. */
  readonly integers: readonly Name[]
  /** The names of float32 numbers, which the body gets in all four lanes. */
  readonly numbers: readonly Given[]
  readonly body: (code: Code, integers: Readonly<Record<Name, I32>>, numbers: Readonly<Record<Given, V128>>) => void
}

/** Calls a routine on the heap of a backend. */
export type Call<Name extends string> = (backend: WasmBackend, values: Readonly<Record<Name, number>>) => void

// --------------------------------------------------------- constructors

/** Returns a module whose function `run` is the routine. */
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
  body(code, given as Record<Name, I32>, lanes as Record<Given, V128>) // given and lanes have every name
  return moduleAround(
    [...integers.map(() => TYPE.i32), ...numbers.map(() => TYPE.f32)],
    [...numbers.map(() => TYPE.v128), ...locals],
    [...splats, ...written()],
  )
}

/** Returns the routine, which is compiled for a backend when it is first called there. */
export const compile = <Name extends string, Given extends string>(
  routine: Routine<Name, Given>,
): Call<Name | Given> => {
  const names: readonly (Name | Given)[] = [...routine.integers, ...routine.numbers]
  // All calls reuse this array to avoid an allocation.
  const given = names.map(() => 0)
  const instance = oncePer((backend: WasmBackend) => {
    const { exports } = new webAssembly.Instance(new webAssembly.Module(moduleOf(routine)), {
      env: { memory: backend.wasm.asm.memory },
    })
    return exports["run"] as (...values: number[]) => void // the only export of `moduleOf`
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

/** Whether the engine has SIMD, which kernels in lanes require. */
export const hasSimd = webAssembly.validate(
  moduleOf({ integers: ["x"], numbers: [], body: ({ load, store }, { x }) => store(x, load(x)) }),
)
