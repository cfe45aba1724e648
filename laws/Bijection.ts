/**
 * The laws of bijections.
 *
 * Output and side are read back from bytes before anything is inverted, and every input is judged together with a second
 * one, so that no cache can fake an inverse.
 */
import fc from "fast-check"
import { law, type LawSet } from "./Law.ts"
import { ask, reread, scopeOf, seen, type Subject } from "./Subject.ts"

/** The laws of any bijection, differentiable or not. */
export const isomorphismLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const { bijection: f, codec, inputs } = subject
  const { release } = scopeOf(subject)
  const forth = (a: A) => ask(subject, f.forward(a))

  return {
    name: `${subject.name} is a bijection`,
    parents: [],
    laws: [
      law("inverse after forward gives back the same bits", fc.tuple(inputs, inputs), async (pair) => {
        const images = [await forth(pair[0]), await forth(pair[1])]
        const back: unknown[] = []
        for (const [b, s] of images) {
          const given = [await reread(codec.output, b), await reread(f.side, s)] as const
          const a = await ask(subject, f.inverse(...given))
          back.push(await seen(codec.input, a))
          release([b, s, given, a])
        }
        const sides = { lhs: back, rhs: [await seen(codec.input, pair[0]), await seen(codec.input, pair[1])] }
        release(pair)
        return sides
      }),

      law("forward after inverse gives back output and side", inputs, async (a) => {
        const [b, s] = await forth(a)
        const given = [await reread(codec.output, b), await reread(f.side, s)] as const
        const rebuilt = await ask(subject, f.inverse(...given))
        const [again, side] = await forth(rebuilt)
        const sides = {
          lhs: [await seen(codec.output, again), await f.side.toBytes(side)()],
          rhs: [await seen(codec.output, b), await f.side.toBytes(s)()],
        }
        release([a, b, s, given, rebuilt, again, side])
        return sides
      }),

      law("forward, inverse and infer leave their arguments as they were", inputs, async (a) => {
        const before = await seen(codec.input, a)
        const [b, s] = await forth(a)
        const output = [await seen(codec.output, b), await f.side.toBytes(s)()]
        const others = [await ask(subject, f.infer(a)), await ask(subject, f.inverse(b, s))]
        const sides = {
          lhs: [await seen(codec.input, a), await seen(codec.output, b), await f.side.toBytes(s)()],
          rhs: [before, ...output],
        }
        release([a, b, s, others])
        return sides
      }),

      law("inference uses no key", fc.tuple(inputs, fc.nat()), async ([a, seed]) => {
        const one = await ask(subject, f.infer(a))
        const other = await ask(subject, f.infer(a), { seed, step: 1 })
        const sides = { lhs: await seen(codec.output, one), rhs: await seen(codec.output, other) }
        release([a, one, other])
        return sides
      }),
    ],
  }
}

/** The laws of a differentiable bijection. */
export const bijectionLaws = <P, A, B, S>(subject: Subject<P, A, B, S>): LawSet => {
  const { bijection: f, codec, inputs } = subject
  const { release } = scopeOf(subject)
  return {
    name: subject.name,
    parents: [isomorphismLaws(subject)],
    laws: [
      law("pullback rebuilds the input that inverse gives", inputs, async (a) => {
        const [b, s] = await ask(subject, f.forward(a))
        const inverted = await ask(subject, f.inverse(b, s))
        const given = [await reread(codec.output, b), await reread(f.side, s), await reread(codec.output, b)] as const
        const pulled = await ask(subject, f.pullback(...given))
        const sides = { lhs: await seen(codec.input, pulled.input), rhs: await seen(codec.input, inverted) }
        release([a, b, s, inverted, pulled])
        return sides
      }),
    ],
  }
}
