/** A kernel as a plain loop over `Access`, for every backend whose values JavaScript can access. */
import { implement, type Implementation, type Returned } from "../implement.ts"
import type { Contract, Outputs } from "../spec/Kernel.ts"
import { asCpu, fromCpu, type Access } from "./Access.ts"

// ---------------------------------------------------------------- model

/** A loop over the values of a backend, with inputs and attributes as in the kernel's contract. */
export type Loop<I extends object, A extends object, O extends Outputs> = (
  access: Access,
  inputs: I,
  attributes: A,
) => NoInfer<Returned<O>>

/** The loop type of a kernel. */
export type LoopOf<K> = K extends Contract<infer I, infer A, infer O> ? Loop<I, A, O> : never

// --------------------------------------------------------- constructors

/** Implements a kernel on cpu by a loop. */
export const onCpu = <I extends object, A extends object, O extends Outputs>(
  contract: Contract<I, A, O>,
  loop: Loop<I, A, O>,
): Implementation => implement(contract, "cpu", (backend) => fromCpu(asCpu(backend)), loop)
