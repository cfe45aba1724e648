/**
 * Plans for a bijection.
 */
import fc from "fast-check"
import { Key } from "../../src/core/Key.ts"
import type { Plan } from "../../src/core/Plan.ts"
import { plan } from "./arbitraries.ts"
import { free } from "./evidence.ts"
import type { Subject } from "./Subject.ts"

/** Plans over the paths of parameters and their ancestors; the first plan initializes the parameters. */
export const plansOf = <P, A, B, S>({ bijection: { params } }: Subject<P, A, B, S>): fc.Arbitrary<Plan> =>
  fc.constant(null).chain(() => {
    const tree = params.init(Key.fromSeed(0))
    const leaves = params.leaves(tree)
    free(leaves)
    return plan([...new Set(leaves.flatMap(([path]) => ancestors(path)))])
  })

const ancestors = (path: string): ReadonlyArray<string> =>
  path.split("/").map((_, i, names) => names.slice(0, i + 1).join("/"))
