/**
 * The subjects of the families as expressions: a residual, chains of two blocks of it, and claims as lines.
 */
import { gammas, Key, Params, type Layer } from "bijou"
import type { Claim, Rebuilt } from "../../src/core/Watch.ts"
import { context, layer, samples, seed, space } from "./expressions.ts"

/** The layer with its parameter in a record. */
const boxed: Layer<{ readonly h: string }, readonly [string, string], string> = {
  params: Params.struct({ h: layer.params }),
  apply: ({ h: p }, input, draw) => layer.apply(p, input, draw),
  vjp: ({ h: p }, input, draw) => {
    const { value, held, pull } = layer.vjp(p, input, draw)
    return {
      value,
      held,
      pull: (dy) => {
        const { cotangent, grads } = pull(dy)
        return { cotangent, grads: { h: grads } }
      },
    }
  },
}

/** The residual of chains. */
export const h = { space, context, layer: boxed }

/** The parameters of two blocks. */
export const params = [{ h: "h0" }, { h: "h1" }]

/** What a reversed block saves. */
export const nothing = { _tag: "reversed", side: null } as const

/** The final state of a chain, and its cotangent. */
export const state = ["c", ["a", "b"]] as const
export const cotangent = ["dc", ["da", "db"]] as const

const key = (...names: ReadonlyArray<string>) =>
  names.reduce((at, name) => Key.child(name)(at), Key.step(0)(Key.fromSeed(seed)))

/** A function of the context and x, drawing at this path. */
export const value = (name: string, x: string, ...path: ReadonlyArray<string>) =>
  `${name}(c, ${x}; ${key(...path, "residual").low}, ${samples})`

/** The signs of gamma in block 1, one per sample. */
export const sign = gammas({ key: key("1", "gamma"), samples }).map((g) => 2 * g)

/** Coefficients of this size for the two samples: with these signs, or the same for both. */
export const signs = (size: number) => String(sign.map((s) => s * size))
export const both = (c: number) => `${c},${c}`

/** Zero, with the shape of x. */
export const zero = (x: string) => `(${x} - ${x})`

/** A claim as a line: its kind, its part and its values. */
export const line = (claim: Claim | Rebuilt): string => {
  const at = `${claim._tag} at ${claim.place.path.join("/")}:`
  switch (claim._tag) {
    case "InRange":
      return `${at} ${claim.x}${claim.rebuilt === true ? ", rebuilt" : ""}`
    case "OnGrid":
      return `${at} ${claim.x} is ${claim.rounded}`
    case "Same":
      return `${at} ${claim.rebuilt} is ${claim.recorded}`
    case "Finite":
    case "Rebuilt":
      return `${at} ${claim.x}`
  }
}

/** The claims about an input, and about a given state. */
export const enters = (path: string, x: string) => [`InRange at ${path}: ${x}`, `OnGrid at ${path}: ${x} is Q(${x})`]
export const leaves = ["Same at : Q(a) is a", "Same at : Q(b) is b"]

/** The gamma of chains with a buffer. */
export const ratio = { n: 3, d: 5 }
