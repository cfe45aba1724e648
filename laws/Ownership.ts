/**
 * The laws of ownership: what a program made and does not return is freed.
 */
import { run, type Program } from "../src/core/Program.ts"
import { law, type LawSet } from "./Law.ts"
import { reread, type Subject } from "./Subject.ts"

// ---------------------------------------------------------------- model

/** A subject whose buffers can be counted. */
export interface OwnershipSubject<in out P, in out A, in out B, in out S> extends Subject<P, A, B, S> {
  /** The number of distinct buffers that are held just now. */
  readonly held: () => number
}

// ----------------------------------------------------------------- laws

/** forward, inverse and infer leave behind only what they return, and pullback consumes what it is given. */
export const ownershipLaws = <P, A, B, S>(subject: OwnershipSubject<P, A, B, S>): LawSet => {
  const { bijection: f, codec, inputs, held, params, seed, samples } = subject
  const env = subject.env({ params, seed, samples })
  const { release } = env.scope
  const does = async <X>(program: Program<P, X>): Promise<X> => {
    const result = await run(program)(env)()
    if (result._tag === "Left") throw result.left
    return result.right
  }
  return {
    name: `${subject.name} owns what it makes`,
    parents: [],
    laws: [
      law("forward, inverse and infer leave no buffer behind but those they return", inputs, async (a) => {
        const before = held()
        const [b, s] = await does(f.forward(a))
        const back = await does(f.inverse(b, s))
        const inferred = await does(f.infer(a))
        release([b, s, back, inferred])
        const after = held()
        release(a)
        return { lhs: after, rhs: before }
      }),

      law("pullback consumes output, side and cotangent", inputs, async (a) => {
        const before = held()
        const [b, s] = await does(f.forward(a))
        const db = await reread(codec.output, b)
        const { input, cotangent, grads } = await does(f.pullback(b, s, db))
        release([input, cotangent, grads])
        const after = held()
        release(a)
        return { lhs: after, rhs: before }
      }),
    ],
  }
}
