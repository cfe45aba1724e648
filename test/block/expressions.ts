/**
 * Values that are expressions: every operation records itself, so that the computation of a chain, including the order
 * of additions, can be compared with docs/specification.md.
 */
import { either as E, option as O } from "fp-ts"
import { Env, Grid, Params, Plan, run, Space, type Draw, type Layer, type Program, type Side } from "bijou"
import { hostScope } from "../../src/core/Scope.ts"
import type { Claim, Rebuilt } from "../../src/core/Watch.ts"

// ---------------------------------------------------------------- model

const codec: Side<string> = {
  only: O.none,
  bits: () => 1,
  toBytes: (text) => async () => new TextEncoder().encode(text),
  fromBytes: (bytes) => async () => E.right(new TextDecoder().decode(bytes)),
  release: () => {},
}

/** A space whose operations record themselves. */
export const space = Space.make<string, string>({
  grid: Grid.make(9),
  quantize: (y) => `Q(${y})`,
  drift: (g, x, h) => `D[${g}](${x}, ${h})`,
  plus: (x, y) => `(${x} + ${y})`,
  minus: (x, y) => `(${x} - ${y})`,
  times: (c, x) => `${c}*${x}`,
  parity: (x) => `s(${x})`,
  lift: (x, s) => `(${x} + ${s}u)`,
  lower: (x, s) => `(${x} - ${s}u)`,
  divide: (d, x) => [`(${x} div ${d})`, `(${x} mod ${d})`],
  bit: codec,
  value: codec,
})

const called = (draw: O.Option<Draw>) => (O.isSome(draw) ? `; ${draw.value.key.low}, ${draw.value.samples}` : "")

/** h of the parameters, the context, the input, and the key and samples of the draw. */
export const layer: Layer<string, readonly [string, string], string> = {
  params: Params.leaf({ init: () => "p", add: (p, q) => p + q, is: (p) => typeof p === "string" }),
  apply: (p, [c, x], draw) => `${p}(${c}, ${x}${called(draw)})`,
  vjp: (p, [c, x], draw) => ({
    value: `${p}(${c}, ${x}${called(draw)})`,
    held: [],
    pull: (dy) => ({ cotangent: [`jc_${p}[${dy}]`, `jx_${p}[${dy}]`], grads: `jp_${p}[${dy}]` }),
  }),
}

/** A context whose cotangents are added by a separate operation. */
export const context = { add: (x: string, y: string) => `(${x} & ${y})` }

/** The seed and the samples of every run. */
export const seed = 6
export const samples = [4, 9]

/** Returns the result of a program, everything that it claims and shows, and what it frees. */
export const told = async <P, A>(program: Program<P, A>, params: P, plan: Plan = Plan.reversed) => {
  const claims: Array<Claim | Rebuilt> = []
  const freed: unknown[] = []
  const scope = { ...hostScope, release: (value: unknown) => void freed.push(value) }
  const note = (claim: Claim | Rebuilt) => void claims.push(claim)
  const watch = { expect: note, observe: note, settle: async () => E.right(undefined) }
  const env = Env.make({ params, seed, samples, plan, step: 0 }, scope, watch)
  const result = await run(program)(env)()
  if (E.isLeft(result)) throw result.left
  return { result: result.right, claims, freed }
}
