/**
 * Diagnosis of a failed law: tries the usual causes, one after the other, on the input that failed.
 */
import { either as E, option as O } from "fp-ts"
import type { Bijection } from "../../src/core/Bijection.ts"
import { Key } from "../../src/core/Key.ts"
import { firstDifference, sameBits, showDifference } from "./bits.ts"
import { floatsOf, look } from "./evidence.ts"
import type { Kind } from "./Kind.ts"
import { inTrial, rereadSide, seenSide, type Seeded, type Trial } from "./Trial.ts"
import type { LayerSubject, Subject } from "./Subject.ts"

// --------------------------------------------------------- constructors

/** Says what is wrong with a bijection on these inputs, one sentence per cause, the likeliest first. */
export const diagnose = <P, A, B, S>(
  subject: Subject<P, A, B, S>,
  seeded: Seeded,
  inputs: ReadonlyArray<A>,
): Promise<ReadonlyArray<string>> =>
  inTrial(subject, subject.bijection.params, seeded, inputs, async (trial) => {
    const reasons: string[] = []
    for (const a of inputs) reasons.push(...(await causes(subject.bijection, trial, a, inputs)))
    return [...new Set(reasons)]
  })

/** Says what is wrong with a layer on these inputs. */
export const diagnoseLayer = <P, A, B>(
  subject: LayerSubject<P, A, B>,
  seeded: Seeded,
  inputs: ReadonlyArray<A>,
): Promise<ReadonlyArray<string>> =>
  inTrial(subject, subject.layer.params, seeded, inputs, async (trial) => {
    const reasons: string[] = []
    for (const a of inputs) reasons.push(...(await layerCauses(subject, trial, seeded, a)))
    return [...new Set(reasons)]
  })

const layerCauses = async <P, A, B>(
  subject: LayerSubject<P, A, B>,
  { kind, params, samples }: Trial<P, A>,
  seeded: Seeded,
  a: A,
): Promise<ReadonlyArray<string>> => {
  const draw = O.some({ key: Key.fromSeed(seeded.seed), samples: samples(a) })
  const before = await look(a)
  const first = await look(subject.layer.apply(params, a, draw))
  const touched = borrowed("apply", before, await look(a))
  if (touched.length > 0) return touched
  if (floatsOf(first).some(Number.isNaN) && !floatsOf(before).some(Number.isNaN))
    return [
      "The layer's value is not a number (NaN), although its input is: look for 0 / 0, a root or logarithm of a negative number, or infinities.",
    ]
  const second = await look(subject.layer.apply(params, a, draw))
  if (!sameBits(first, second))
    return restless("The layer's apply", first, second, kind, () => subject.layer.apply(params, a, draw))
  const recorded = await look(subject.layer.vjp(params, a, draw).value)
  return sameBits(first, recorded)
    ? []
    : [
        `The layer's vjp returns another value than its apply, ${difference(recorded, first)}: it runs other operations or draws.`,
      ]
}

const causes = async <P, A, B, S>(
  f: Bijection<P, A, B, S>,
  trial: Trial<P, A>,
  a: A,
  inputs: ReadonlyArray<A>,
): Promise<ReadonlyArray<string>> => {
  const before = await look(a)
  const forth = async () => {
    const result = await trial.attempt(a, f.forward(a))
    if (E.isLeft(result)) return null
    const [b, s] = result.right
    return { b, s, seen: [await look(b), await seenSide(f, s)] }
  }
  const one = await forth()
  if (one === null) return [] // the error explains it
  const touched = borrowed("forward", before, await look(a))
  if (touched.length > 0) return touched
  const two = await forth()
  if (two === null || !sameBits(one.seen, two.seen))
    return restless("forward", one.seen, two?.seen, trial.kind, () => void f.forward(a)(trial.env(a)))

  const overRange = outOfRange(before, one.seen[0])
  const back = async (b: B, s: S) => {
    const result = await trial.attempt(a, f.inverse(b, s))
    return E.isLeft(result) ? null : { a: result.right, seen: await look(result.right) }
  }
  const atOnce = await back(one.b, one.s)
  const output = await look(one.b)
  const consumed = borrowed("inverse", one.seen[0], output)
  if (consumed.length > 0) return consumed
  for (const other of inputs) if (other !== a) await trial.attempt(other, f.forward(other))
  const later = await back(await trial.reread(one.b), await rereadSide(f.side, one.s))
  if (atOnce === null || later === null) return overRange
  if (sameBits(atOnce.seen, before) && !sameBits(later.seen, before))
    return [
      `The inverse is right for the objects that forward has just returned, but wrong for a copy of their bits, ${difference(later.seen, before)}: something is cached or missing from the side.`,
    ]
  if (sameBits(later.seen, before)) return overRange
  const wrong = difference(later.seen, before)
  if (sameBits(unsigned(later.seen), unsigned(before)))
    return [`The sign of a zero is lost, ${wrong}: the grid has only +0, so add 0 wherever a zero may be -0.`]
  if (overRange.length > 0) return overRange
  const rounded = rounding(before, one.seen[0], later.seen, wrong)
  const image = await trial.attempt(later.a, f.forward(later.a))
  if (E.isRight(image)) {
    const [b, s] = image.right
    if (sameBits([await look(b), await seenSide(f, s)], one.seen))
      return [
        ...rounded,
        `Two inputs, ${wrong}, have the same output and the same side: the side contains too little to distinguish them.`,
      ]
  }
  const again = await back(one.b, one.s)
  if (again !== null && !sameBits(again.seen, atOnce.seen))
    return restless("inverse", atOnce.seen, again.seen, trial.kind, () => void f.inverse(one.b, one.s)(trial.env(a)))
  return rounded.length > 0 ? rounded : [`The inverse is far off, ${wrong}: it does not invert forward.`]
}

const borrowed = (call: string, before: unknown, after: unknown): ReadonlyArray<string> => {
  if (sameBits(before, after)) return []
  return JSON.stringify(after).includes('"freed"')
    ? [`${call} frees its argument, which it only borrows: return a new handle and do not free the argument.`]
    : [`${call} overwrites its argument, which it only borrows, ${difference(after, before)}.`]
}

const restless = async (
  call: string,
  one: unknown,
  two: unknown,
  kind: Kind,
  body: () => void,
): Promise<ReadonlyArray<string>> => {
  const said = `${call} returns other bits in its second call, ${difference(one, two)}: draw from the given key, and keep no state.`
  if (kind.trace === null) return [said]
  const [first, second] = [await kind.trace(body), await kind.trace(body)]
  const at = first.findIndex(({ digest }, i) => digest !== second[i]?.digest)
  return at < 0
    ? [said]
    : [said, `The first kernel with another result is ${first[at]?.kernel}, number ${at + 1} of ${first.length}.`]
}

/** Finds values so large that float32 cannot represent the grid of the input. */
const outOfRange = (input: unknown, output: unknown): ReadonlyArray<string> => {
  const bits = fractionBits(floatsOf(input))
  const largest = floatsOf(output).reduce((most, x) => (Math.abs(x) <= most ? most : Math.abs(x)), 0)
  return bits !== null && !(largest < 2 ** (24 - bits))
    ? [
        `|x| reached ${largest}, but the ${bits} fraction bits of the input are exact only below ${2 ** (24 - bits)}: use smaller inputs or fewer fraction bits, or normalize.`,
      ]
    : []
}

/** Finds sums that floating point has rounded. */
const rounding = (input: unknown, output: unknown, back: unknown, wrong: string): ReadonlyArray<string> => {
  const [bits, after] = [fractionBits(floatsOf(input)), fractionBits(floatsOf(output))]
  if (bits !== null && after !== bits && (after === null || after > bits))
    return [
      `The output is not on the input's grid of ${bits} fraction bits, so a sum is rounded and the inverse is only close, ${wrong}: round each term with space.quantize before adding it.`,
    ]
  const [x, y] = [floatsOf(input), floatsOf(back)]
  return x.length === y.length && x.every((a, i) => Math.abs(a - (y[i] ?? NaN)) <= 2 ** -16 * Math.max(1, Math.abs(a)))
    ? [`The inverse is close, ${wrong}, but not exact: floating point rounds, so move the arithmetic to a grid.`]
    : []
}

/** The smallest number of fraction bits of a grid that contains all values; null if there is none. */
const fractionBits = (values: ReadonlyArray<number>): number | null => {
  for (let bits = 0; bits <= 23; bits++) if (values.every((x) => Number.isInteger(x * 2 ** bits))) return bits
  return null
}

const unsigned = (evidence: unknown): ReadonlyArray<number> => floatsOf(evidence).map((x) => x + 0)

const difference = (one: unknown, two: unknown): string => {
  const found = firstDifference(one, two)
  if (found === null) return "nowhere"
  const { lhs, rhs } = showDifference(found)
  return `${found.at === "" ? "" : `first at ${found.at}: `}${lhs} and ${rhs}`
}
