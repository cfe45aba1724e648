/**
 * The laws of parameter trees.
 */
import { either as E } from "fp-ts"
import fc from "fast-check"
import { Key } from "../../src/core/Key.ts"
import { Params } from "../../src/core/Params.ts"
import { free, look } from "../engine/evidence.ts"
import { kindOf } from "../engine/kindOf.ts"
import { law as anyLaw, type LawSet, type Sides } from "../engine/Law.ts"
import { orThrow } from "../../src/core/orThrow.ts"

// ---------------------------------------------------------------- model

/** A kind of parameter tree to test, from random keys. */
export interface ParamsSubject<in out P> {
  readonly name: string
  readonly params: Params<P>
}

// ----------------------------------------------------------------- laws

/**
 * Trees can be rebuilt from their leaves, paths are unique, keys determine the values, sums commute, and a missing leaf
 * is reported with its path.
 */
export const paramsLaws = <P>({ name, params }: ParamsSubject<P>): LawSet => {
  const keys = fc.maxSafeNat().map(Key.fromSeed)
  const seenIn = async (p: P) => {
    const found: (readonly [string, unknown])[] = []
    for (const [path, leaf] of params.leaves(p)) found.push([path, await look(leaf)])
    return found
  }
  const rebuilt = (leaves: ReadonlyArray<readonly [string, unknown]>): P =>
    orThrow(Params.fromLeaves(params, new Map(leaves)))
  /** Makes a law whose parameters are freed with the case if they are on a device. */
  const law = <I>(title: string, inputs: fc.Arbitrary<I>, equation: (input: I) => Sides | Promise<Sides>) =>
    anyLaw(title, inputs, async (input) => {
      const leaves = params.leaves(params.init(Key.fromSeed(0)))
      const kind = await kindOf(leaves)
      free(leaves)
      return kind.within(async () => equation(input))
    })
  const names = (leaves: ReadonlyArray<readonly [string, unknown]>) => leaves.map(([path]) => path)

  return {
    topic: "params",
    name: `${name} are parameters`,
    parents: [],
    laws: [
      law("rebuild from the leaves gives back the same bits", keys, async (key) => {
        const p = params.init(key)
        return { lhs: await seenIn(rebuilt(params.leaves(p))), rhs: await seenIn(p) }
      }),

      law("no two leaves have the same path", keys, (key) => {
        const paths = names(params.leaves(params.init(key)))
        return { lhs: [...new Set(paths)], rhs: paths }
      }),

      law("the same key gives the same parameters", keys, async (key) => ({
        lhs: await seenIn(params.init(key)),
        rhs: await seenIn(params.init(key)),
      })),

      law("sums have the leaves of their terms, in one order, and commute", fc.tuple(keys, keys), async ([k, l]) => {
        const [p, q] = [params.init(k), params.init(l)]
        const sum = params.add(p, q)
        return {
          lhs: [names(params.leaves(sum)), await seenIn(sum)],
          rhs: [names(params.leaves(p)), await seenIn(params.add(q, p))],
        }
      }),

      law("a missing leaf is reported with its full path", fc.tuple(keys, fc.nat()), ([key, place]) => {
        const leaves = params.leaves(params.init(key))
        const gone = leaves[place % leaves.length]?.[0]
        if (gone === undefined) return { lhs: [], rhs: leaves }
        const result = Params.fromLeaves(params, new Map(leaves.filter(([path]) => path !== gone)))
        return {
          lhs: E.isLeft(result) ? result.left.message : "accepted",
          rhs: `The parameter ${gone === "" ? "" : `${gone} `}is missing.`,
        }
      }),
    ],
  }
}
