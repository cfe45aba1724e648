/** A function on the heap of tfjs's wasm backend: written once, compiled when a backend first calls it. */
import { oncePer } from "../../oncePer.ts"
import type { WasmBackend } from "../WasmBackend.ts"
import type { Code, Lanes, Whole } from "./Code.ts"
import { F32, GET, I32, moduleAround, SET, SIMD, unsigned, V128 } from "./instructions.ts"
import { webAssembly } from "./webAssembly.ts"
import { writer } from "./writer.ts"

// ---------------------------------------------------------------- model

/** Parameters in the order in which they are passed, whole numbers first, and what is done with them. */
export interface Routine<Name extends string, Given extends string> {
  /** Counts, and places of tensors in bytes. */
  readonly wholes: readonly Name[]
  /** Float32 numbers, handed to the body in all four lanes. */
  readonly numbers: readonly Given[]
  readonly body: (code: Code, wholes: Readonly<Record<Name, Whole>>, numbers: Readonly<Record<Given, Lanes>>) => void
}

/** Calls a routine on the heap of a backend. */
export type Call<Name extends string> = (backend: WasmBackend, values: Readonly<Record<Name, number>>) => void

// --------------------------------------------------------- constructors

/** The module whose function `run` is the routine. */
const moduleOf = <Name extends string, Given extends string>({
  wholes,
  numbers,
  body,
}: Routine<Name, Given>): Uint8Array => {
  const count = wholes.length + numbers.length
  const { code, written, locals } = writer(count + numbers.length)
  const splats = numbers.flatMap((_, i) => [
    ...[GET, ...unsigned(wholes.length + i), SIMD, 0x13],
    ...[SET, ...unsigned(count + i)],
  ])
  const given = Object.fromEntries(wholes.map((name, index) => [name, { index }]))
  const lanes = Object.fromEntries(numbers.map((name, i) => [name, { local: count + i }]))
  body(code, given as Record<Name, Whole>, lanes as Record<Given, Lanes>) // every name is there
  return moduleAround(
    [...wholes.map(() => I32), ...numbers.map(() => F32)],
    [...numbers.map(() => V128), ...locals],
    [...splats, ...written()],
  )
}

/** The routine, compiled for a backend when it is first called there. */
export const compile = <Name extends string, Given extends string>(
  routine: Routine<Name, Given>,
): Call<Name | Given> => {
  const names: readonly (Name | Given)[] = [...routine.wholes, ...routine.numbers]
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
  moduleOf({ wholes: ["x"], numbers: [], body: ({ load, store }, { x }) => store(x, load(x)) }),
)
