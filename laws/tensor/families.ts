/**
 * The families of reversible blocks in the catalogue.
 */
import { function as F, option as O } from "fp-ts"
import fc from "fast-check"
import { Coupling } from "../../src/block/Coupling.ts"
import type { Two } from "../../src/block/State.ts"
import { haar } from "../../src/block/haar.ts"
import { Momentum } from "../../src/block/Momentum.ts"
import { Rational } from "../../src/block/Rational.ts"
import { TwoStep, type Scheme } from "../../src/block/TwoStep.ts"
import { andThen } from "../../src/core/andThen.ts"
import { first } from "../../src/core/first.ts"
import { invert } from "../../src/core/invert.ts"
import { keep } from "../../src/core/keep.ts"
import type { Layer } from "../../src/core/Layer.ts"
import { named } from "../../src/core/named.ts"
import { rearrange } from "../../src/core/rearrange.ts"
import { serial } from "../../src/core/serial.ts"
import { evaluationLaws } from "../sets/Evaluation.ts"
import { sizeOfShapes } from "../engine/evidence.ts"
import { footprintLaws } from "../sets/Footprint.ts"
import { InformationBuffer } from "../../src/exact/InformationBuffer.ts"
import { scalingLaws } from "../sets/InformationBuffer.ts"
import { inferenceLaws } from "../sets/Inference.ts"
import type { Material } from "../engine/Material.ts"
import { sharingLaws } from "../sets/Sharing.ts"
import { sampleIds } from "../engine/Trial.ts"
import { bijectionEntry } from "./bijectionEntry.ts"
import type { Entry } from "./Entry.ts"

/** Every family, derived from one layer on one kind of value. */
export const families = <X, Bit>(material: Material<X, Bit>, onDevice: boolean): ReadonlyArray<Entry> => {
  const { space, inputs, merge, fork, samples, example } = material
  const { layer } = example
  const common = { inputs, ...(samples === undefined ? {} : { samples }) }
  const pairs: fc.Arbitrary<Two<X>> = fc.tuple(inputs, inputs)
  const bijection = bijectionEntry(material, onDevice)
  const context = { add: space.plus }
  const reading: Layer<object, Two<X>, X> = F.pipe(merge, serial<object, X, X>(layer))

  const coupling = (h: typeof layer) => Coupling.fromResiduals({ space, f: h, g: h }, 2)
  const turned = invert(coupling(layer))
  const onPairs = { ...common, inputs: pairs, bijection: coupling(layer) }
  const inContext = Coupling.fromContextResiduals({ space, context, f: reading, g: reading }, 2)
  const own = F.pipe(
    named("fork")(first<X>()(keep(space.value)(fork))),
    andThen(
      rearrange<readonly [Two<X>, X], readonly [X, Two<X>]>(
        ([[c, a], b]) => [c, [a, b]],
        ([c, [a, b]]) => [[c, a], b],
      ),
    ),
    andThen(named("blocks")(inContext)),
  )

  /**
   * Chains of three blocks by a scheme whose side has `bits` per activation; `next` is one step of the plain network at
   * inference.
   */
  const twoStep = <S>(
    name: string,
    covers: string,
    scheme: Scheme<X, S>,
    bits: number,
    next: (previous: X, x: X, h: X) => X,
  ): Entry => {
    const derive = (h: typeof layer) => TwoStep.fromResidual({ space, layer: h }, scheme, 3)
    const on = { ...common, name: `${name} on ${material.name}`, bijection: derive(layer) }
    return bijection(
      name,
      ["TwoStep.fromResidual", covers],
      on,
      footprintLaws({ ...on, bits: (x) => 2 * bits * sizeOfShapes(x) }),
      evaluationLaws({ ...on, layer, derive, evaluations: 3 }),
      inferenceLaws({
        ...on,
        plain: ([p = {}, ...rest], x0) => {
          let [previous, x] = [x0, space.plus(x0, space.quantize(layer.apply(p, x0, O.none)))]
          for (const q of rest) [previous, x] = [x, next(previous, x, layer.apply(q, x, O.none))]
          return [previous, x] as const
        },
      }),
    )
  }
  const { minus, plus, quantize, times } = space
  const ratio = { n: 3, d: 5 }
  const lost = (steps: number) => Math.log2(1 + InformationBuffer.largest(ratio, steps))
  const rational = (h: typeof layer) => Rational.fromResidual({ space, layer: h }, ratio, 4)
  const onRational = { ...common, name: `gamma +-3/5 on ${material.name}`, bijection: rational(layer) }
  const momentum = (h: typeof layer) => Momentum.fromResidual({ space, layer: h }, ratio, 3)
  const onMomentum = { ...common, name: `momentum 3/5 on ${material.name}`, bijection: momentum(layer) }
  const onTurns = (h: typeof layer) => Coupling.fromResidual({ space, layer: h }, 4)
  const onStreams = { ...common, name: `two streams on ${material.name}`, bijection: onTurns(layer) }
  const idsOf: (a: unknown) => ReadonlyArray<number> = samples ?? sampleIds
  const wide = { n: 1, d: 4095 } // its buffer lasts two steps

  return [
    twoStep("midpoint steps", "TwoStep.midpoint", TwoStep.midpoint(space), 0, (previous, _x, h) =>
      plus(previous, quantize(plus(h, h))),
    ),
    twoStep("leapfrog steps", "TwoStep.leapfrog", TwoStep.leapfrog(space), 0, (previous, x, h) =>
      minus(plus(plus(x, x), quantize(h)), previous),
    ),
    twoStep("steps with gamma +-1/4", "TwoStep.dyadic", TwoStep.dyadic(space, 2), 2, (_previous, x, h) =>
      quantize(plus(x, h)),
    ),
    bijection(
      "steps with gamma +-3/5",
      ["Rational.fromResidual"],
      onRational,
      footprintLaws({ ...onRational, bits: (x) => sizeOfShapes(x) * lost(3) }),
      evaluationLaws({ ...onRational, layer, derive: rational, evaluations: 4 }),
      inferenceLaws({
        ...onRational,
        plain: ([p = {}, ...rest], x0) => {
          let [previous, x] = [x0, plus(x0, quantize(layer.apply(p, x0, O.none)))]
          for (const q of rest) [previous, x] = [x, quantize(plus(x, layer.apply(q, x, O.none)))]
          return [previous, x] as const
        },
      }),
    ),
    {
      name: `exact scaling on ${material.name}`,
      covers: [],
      onDevice,
      cost: onDevice ? "device" : "host",
      set: async () =>
        scalingLaws({
          name: `an information buffer on ${material.name}`,
          space,
          values: inputs,
          samples: (x) => idsOf(x).length,
          scale: InformationBuffer.scale,
          unscale: InformationBuffer.unscale,
        }),
    },
    bijection("steps that spill their buffer", [], {
      ...common,
      bijection: Rational.fromResidual({ space, layer }, wide, 5),
    }),
    bijection("steps with gamma +-3/5 that read a context", ["Rational.fromContextResidual"], {
      ...common,
      inputs: pairs,
      bijection: Rational.fromContextResidual({ space, context, layer: reading }, ratio, 3),
    }),
    bijection(
      "momentum 3/5",
      ["Momentum.fromResidual"],
      onMomentum,
      footprintLaws({ ...onMomentum, bits: (x) => sizeOfShapes(x) * lost(3) }),
      evaluationLaws({ ...onMomentum, layer, derive: momentum, evaluations: 3 }),
      inferenceLaws({
        ...onMomentum,
        plain: (all, x0) => {
          const ids = idsOf(x0)
          let [x, v] = [x0, minus(x0, x0)]
          for (const p of all) {
            const f = layer.apply(p, x, O.none)
            v = plus(
              quantize(
                times(
                  ids.map(() => 3 / 5),
                  v,
                ),
              ),
              quantize(
                times(
                  ids.map(() => 1 - 3 / 5),
                  f,
                ),
              ),
            )
            x = plus(x, v)
          }
          return [x, v] as const
        },
      }),
    ),
    bijection("momentum that spills its buffer", [], {
      ...common,
      bijection: Momentum.fromResidual({ space, layer }, wide, 4),
    }),
    bijection("momentum that reads a context", ["Momentum.fromContextResidual"], {
      ...common,
      inputs: pairs,
      bijection: Momentum.fromContextResidual({ space, context, layer: reading }, ratio, 3),
    }),
    bijection("blocks by a two-step scheme that read a context", ["TwoStep.fromContextResidual"], {
      ...common,
      inputs: pairs,
      bijection: TwoStep.fromContextResidual({ space, context, layer: reading }, TwoStep.dyadic(space, 2), 3),
    }),
    bijection("mean and difference", ["haar"], { ...common, inputs: pairs, bijection: haar(space) }),
    bijection(
      "one residual on two streams",
      ["Coupling.fromResidual"],
      onStreams,
      footprintLaws({ ...onStreams, bits: () => 0 }),
      evaluationLaws({ ...onStreams, layer, derive: onTurns, evaluations: 4 }),
      inferenceLaws({
        ...onStreams,
        plain: (all, x0) => {
          let [a, b] = [x0, x0]
          for (const p of all) [a, b] = [b, plus(a, quantize(layer.apply(p, b, O.none)))]
          return [a, b] as const
        },
      }),
    ),
    bijection(
      "couplings",
      ["Coupling.fromResiduals"],
      onPairs,
      footprintLaws({ ...onPairs, name: `couplings on ${material.name}`, bits: () => 0 }),
      evaluationLaws({
        ...common,
        name: `couplings on ${material.name}`,
        inputs: pairs,
        layer,
        derive: coupling,
        evaluations: 4,
      }),
      inferenceLaws({
        ...onPairs,
        name: `couplings on ${material.name}`,
        plain: (blocks, [x1, x2]) => {
          let [a, b] = [x1, x2]
          for (const { f, g } of blocks) {
            a = space.plus(a, space.quantize(layer.apply(f, b, O.none)))
            b = space.plus(b, space.quantize(layer.apply(g, a, O.none)))
          }
          return [a, b] as const
        },
      }),
    ),
    bijection("half a coupling", ["Coupling.half"], { ...onPairs, bijection: Coupling.half({ space, layer }) }),
    ...(O.isSome(turned)
      ? [bijection("the inverse of couplings", ["invert"], { ...onPairs, bijection: turned.value })]
      : []),
    bijection(
      "couplings that read a context",
      ["Coupling.fromContextResiduals"],
      { ...common, inputs: fc.tuple(inputs, pairs), bijection: inContext },
      sharingLaws({
        ...common,
        inputs: pairs,
        name: `a context that is the first half, on ${material.name}`,
        bijection: own,
        apart: named("blocks")(inContext),
        split: { params: ({ blocks }) => ({ blocks }), input: ([a, b]) => [a, [a, b]] as const },
        sum: {
          grads: ({ blocks }) => ({ fork: {}, blocks }),
          cotangent: (all) => (all === null ? null : ([space.plus(all[0], all[1][0]), all[1][1]] as const)),
        },
      }),
    ),
  ]
}
