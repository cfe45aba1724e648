/**
 * The choice of laws for a subject.
 */
import { either as E, option as O } from "fp-ts"
import fc from "fast-check"
import { Bdia } from "../../src/block/Bdia.ts"
import { Key } from "../../src/core/Key.ts"
import { batchLaws, layerBatchLaws } from "../sets/Batch.ts"
import { bijectionLaws, isomorphismLaws } from "../sets/Bijection.ts"
import { evaluationLaws } from "../sets/Evaluation.ts"
import { free, leadsWith, look, sizeOfShapes } from "./evidence.ts"
import { footprintLaws } from "../sets/Footprint.ts"
import { gradientLaws, planLaws } from "../sets/Gradient.ts"
import { inferenceLaws } from "../sets/Inference.ts"
import type { LawSet } from "./Law.ts"
import { derivativeLaws } from "../sets/Layer.ts"
import { consumptionLaws, ownershipLaws } from "../sets/Ownership.ts"
import { paramsLaws } from "../sets/Params.ts"
import type { Cost } from "./presets.ts"
import { inTrial } from "./Trial.ts"
import type { AnySubject, LayerSubject, ResidualSubject, Subject } from "./Subject.ts"

// ---------------------------------------------------------------- model

/** The laws that apply to a subject, and the cost of a case. */
export interface Applicable {
  readonly set: LawSet
  readonly cost: Cost
  /** Topics that do not apply to this subject, each with the reason. */
  readonly left: ReadonlyArray<{ readonly topic: string; readonly reason: string }>
}

interface Probed {
  readonly onDevice: boolean
  readonly apart: boolean
  readonly exact: boolean
}

// ---------------------------------------------------------- destructors

/** Chooses the laws that apply to a bijection, a residual with the BDIA chain derived from it, or a layer. */
export const lawsOf: {
  <P, A, B, S>(subject: Subject<P, A, B, S>): Promise<Applicable>
  <P, X, Bit>(subject: ResidualSubject<P, X, Bit>): Promise<Applicable>
  <P, A, B>(subject: LayerSubject<P, A, B>): Promise<Applicable>
  (subject: AnySubject): Promise<Applicable>
} = (subject: AnySubject): Promise<Applicable> => {
  if ("bijection" in subject) return ofBijection(subject)
  return "residual" in subject ? ofResidual(subject) : ofLayer(subject)
}

const ofBijection = async <P, A, B, S>(subject: Subject<P, A, B, S>): Promise<Applicable> => {
  const { bijection: f, name = "it" } = subject
  const [a] = fc.sample(subject.inputs, { numRuns: 1, seed: 1 }) as [A] // as many as were asked for
  const { onDevice, differentiable } = await inTrial(subject, f.params, { seed: 0 }, a, async (trial) => {
    const onDevice = trial.kind.held !== null
    try {
      const [b, s] = await trial.ask(a, f.forward(a))
      const back = await trial.attempt(a, f.pullback(b, s, await trial.cotangent(b, 0)))
      return { onDevice, differentiable: E.isRight(back) || back.left._tag !== "NotDifferentiable" }
    } catch {
      return { onDevice, differentiable: true } // the laws will say why
    } finally {
      free(a)
    }
  })
  const left: { topic: string; reason: string }[] = []
  if (!differentiable)
    left.push({ topic: "gradient, plan, consumption", reason: "its pullback returns NotDifferentiable" })
  if (!onDevice) left.push({ topic: "ownership, consumption", reason: "a garbage collector frees its values" })
  if (O.isNone(f.side.only)) left.push({ topic: "isomorphism", reason: "it has side information" })
  const parents = [
    ...parametersOf(name, f.params),
    bijectionLaws(subject),
    ...(O.isSome(f.side.only) ? [isomorphismLaws(subject)] : []),
    ...(differentiable ? [gradientLaws(subject), planLaws(subject)] : []),
    ...(onDevice ? [ownershipLaws(subject)] : []),
    ...(onDevice && differentiable ? [consumptionLaws(subject)] : []),
  ]
  return { set: { name, topic: "subject", parents, laws: [] }, cost: onDevice ? "device" : "host", left }
}

const ofResidual = async <P, X, Bit>(subject: ResidualSubject<P, X, Bit>): Promise<Applicable> => {
  const { residual, depth = 3, name = "it", inputs, samples, kind, params } = subject
  const { space, layer } = residual
  const common = {
    name,
    inputs,
    ...(samples === undefined ? {} : { samples }),
    ...(kind === undefined ? {} : { kind }),
  }
  const ofOne = { ...common, layer, ...(params === undefined ? {} : { params }) }
  const chain = {
    ...common,
    bijection: Bdia.fromResidual({ space, layer }, depth),
    ...(params === undefined ? {} : { params: eachOf(depth, params) }),
  }
  const { onDevice, apart, exact } = await probe(ofOne)
  const left: { topic: string; reason: string }[] = []
  if (!onDevice) left.push({ topic: "ownership, consumption", reason: "a garbage collector frees its values" })
  if (!apart) left.push({ topic: "batch", reason: "an input is a single sample" })
  const parents = [
    ...parametersOf(name, layer.params),
    derivativeLaws(ofOne, exact ? "float64" : "float32"),
    ...(apart ? [layerBatchLaws(ofOne), batchLaws(chain)] : []),
    gradientLaws(chain),
    planLaws(chain),
    footprintLaws({ ...chain, bits: (x) => (depth - 1) * sizeOfShapes(x) }),
    evaluationLaws({
      ...chain,
      layer,
      derive: (other) => Bdia.fromResidual({ space, layer: other }, depth),
      evaluations: depth,
    }),
    inferenceLaws({
      ...chain,
      plain: (all, x) => {
        const [first, ...rest] = all
        let previous = x
        let current = first === undefined ? x : space.plus(x, space.quantize(layer.apply(first, x, O.none)))
        for (const p of rest)
          [previous, current] = [current, space.quantize(space.plus(current, layer.apply(p, current, O.none)))]
        return [previous, current] as const
      },
    }),
    ...(onDevice ? [ownershipLaws(chain), consumptionLaws(chain)] : []),
  ]
  return { set: { name, topic: "subject", parents, laws: [] }, cost: onDevice ? "device" : "host", left }
}

const ofLayer = async <P, A, B>(subject: LayerSubject<P, A, B>): Promise<Applicable> => {
  const { name = "it", layer } = subject
  const { onDevice, apart, exact } = await probe(subject)
  const parents = [
    ...parametersOf(name, layer.params),
    derivativeLaws(subject, exact ? "float64" : "float32"),
    ...(apart ? [layerBatchLaws(subject)] : []),
  ]
  const left = apart ? [] : [{ topic: "batch", reason: "an input or output has no leading axis of several samples" }]
  return { set: { name, topic: "subject", parents, laws: [] }, cost: onDevice ? "device" : "host", left }
}

/** Finds out what the choice of laws depends on: the values of a layer. */
const probe = <P, A, B>(subject: LayerSubject<P, A, B>): Promise<Probed> => {
  const { layer, inputs } = subject
  const [a] = fc.sample(inputs, { numRuns: 1, seed: 1 }) as [A] // as many as were asked for
  return inTrial(subject, layer.params, { seed: 0 }, a, async ({ kind, params, samples }) => {
    const ids = samples(a)
    const input = await look(a)
    const exact = typeof a === "number"
    const onDevice = kind.held !== null
    try {
      const b = await look(layer.apply(params, a, O.some({ key: Key.fromSeed(0), samples: ids })))
      const apart = ids.length > 1 && leadsWith(input, ids.length) && leadsWith(b, ids.length)
      return { onDevice, apart, exact }
    } catch {
      return { onDevice, apart: false, exact } // the laws will say why
    } finally {
      free(a)
    }
  })
}

const parametersOf = <P>(
  name: string,
  params: Parameters<typeof paramsLaws<P>>[0]["params"],
): ReadonlyArray<LawSet> => [paramsLaws({ name: `the parameters of ${name}`, params })]

/** Gives every block the same parameters, or parameters drawn in the same way. */
const eachOf = <P>(depth: number, params: P | ((key: Key) => P)) =>
  typeof params === "function"
    ? // A parameter tree is no function.
      (key: Key) => Array.from({ length: depth }, (_, i) => (params as (key: Key) => P)(Key.child(String(i))(key)))
    : Array.from({ length: depth }, () => params)
