/**
 * Gradients that are not finite are refused, and those whose squares overflow are clipped, on the current backend.
 */
import { function as F } from "fp-ts"
import {
  andThen,
  Coupling,
  GradientNotFinite,
  keep,
  Key,
  Momentum,
  named,
  Params,
  Plan,
  Rational,
  run,
  Side,
  TwoStep,
  type Bijection,
} from "bijou"
import { float32TensorSide, fromTfjs, tensor, tensorEnv, tensorScope, tensorSpace, tf, toFunction } from "bijou/tensor"
import {
  AdamW,
  descent,
  lossAndGrads,
  microBatched,
  training,
  trainStep,
  type TrainError,
  type Trained,
} from "bijou/net"
import { gradientNorm } from "../../src/train/gradientNorm.ts"
import { expect, it } from "vitest"
import { mapTensors } from "../../src/tensor/values/tree.ts"
import { isReadableNow } from "../../src/tensor/webgpu.ts"
import { large, root, roots, square } from "../support/objectives/roots.ts"
import { alive, left, right } from "../support/specimens.ts"

type RootParams = ReturnType<typeof roots.network.params.init>

const samples = [0, 1]
export const schedule = { peak: 0.1, floor: 0.1, warmup: 0, steps: 3 }
export const course = { optimizer: AdamW.config, schedule, batch: 4 }

/** What a loop over a run throws at its first step. */
export const thrownBy = async (steps: AsyncGenerator<unknown>): Promise<unknown> => {
  try {
    await steps.next()
    return null
  } catch (error) {
    return error
  }
}

const readAll = async <P>(params: Params<P>, tree: P): Promise<ReadonlyArray<ReadonlyArray<number>>> => {
  const values: number[][] = []
  for (const [, leaf] of params.leaves(tree)) values.push([...(await (leaf as tf.Tensor).data())]) // tensors all
  return values
}

export const begin = <P>(params: Params<P>): Trained<P> => {
  const p = params.init(Key.fromSeed(1))
  return { params: p, state: AdamW.init(params, p) }
}

const numbersOf = async <P>(params: Params<P>, { params: p, state }: Trained<P>) => [
  await readAll(params, p),
  await readAll(params, state.mean),
  await readAll(params, state.square),
  state.beta1Power,
  state.beta2Power,
]

/**
 * Returns the result of a step of a chain over the root, under a plan. Parameters and moments must not change, and no
 * other tensor may remain.
 */
const refusal = async <P, A, S>(
  network: Bijection<P, A, tf.Tensor, S>,
  input: () => A,
  plan: Plan = Plan.reversed,
): Promise<TrainError> => {
  const trained = begin(network.params)
  const a = input()
  const before = [await numbersOf(network.params, trained), alive()]
  const env = tensorEnv({ params: trained.params, seed: 1, step: 7, samples, plan })
  const error = left(await trainStep(network, trained, a, env, 0.1, AdamW.config)())
  expect([await numbersOf(network.params, trained), alive()]).toEqual(before)
  tensorScope.release([trained, a])
  return error
}

const space = tensorSpace(9)
const residual = { space, layer: root }
const ratio = { n: 3, d: 5 }
export const input = () => roots.data(samples)

const ending = <P extends object, A, S>(blocks: Bijection<P, A, readonly [tf.Tensor, tf.Tensor], S>) =>
  F.pipe(named("blocks")(blocks), andThen(named("head")(keep(Side.pair(space.value, space.value))(square))))

/** Chains of every family over the root. */
const families: ReadonlyArray<readonly [name: string, () => Promise<TrainError>]> = [
  ["BDIA", () => refusal(roots.network, input)],
  ["BDIA with its inputs kept", () => refusal(roots.network, input, { blocks: "keep" })],
  ["BDIA with everything taped", () => refusal(roots.network, input, { "": "tape" })],
  ["midpoint steps", () => refusal(ending(TwoStep.fromResidual(residual, TwoStep.midpoint(space), 2)), input)],
  ["leapfrog steps", () => refusal(ending(TwoStep.fromResidual(residual, TwoStep.leapfrog(space), 2)), input)],
  ["gamma +-1/4", () => refusal(ending(TwoStep.fromResidual(residual, TwoStep.dyadic(space, 2), 2)), input)],
  ["gamma +-3/5", () => refusal(ending(Rational.fromResidual(residual, ratio, 2)), input)],
  ["momentum", () => refusal(ending(Momentum.fromResidual(residual, ratio, 2)), input)],
  [
    "couplings",
    () => refusal(ending(Coupling.fromResiduals({ space, f: root, g: root }, 2)), () => [input(), input()] as const),
  ],
]

/** Losses that are linear in their parameters, so the gradients are the numbers given. */
const linear = (gradients: Readonly<Record<string, ReadonlyArray<number>>>) => {
  const names = Object.keys(gradients)
  const sizeOf = (name: string): number => gradients[name]?.length ?? 0
  const layer = fromTfjs(
    Params.struct<Readonly<Record<string, tf.Tensor>>>(
      Object.fromEntries(names.map((name) => [name, tensor.zeros([1, sizeOf(name)])])),
    ),
    (p, _: tf.Tensor) =>
      tf.addN(names.map((name) => tf.sum(tf.mul(p[name] ?? tf.scalar(NaN), tf.tensor([gradients[name] ?? []]))))),
  )
  return keep(float32TensorSide(null))(layer)
}

/** The parameters after one step from 1e-9 each, by float64. */
const byFloat64 = (gradients: Readonly<Record<string, ReadonlyArray<number>>>, start: number, rate: number) => {
  const { weightDecay, clip, epsilon } = AdamW.config
  const all = Object.values(gradients)
  const norm = Math.sqrt(all.flat().reduce((sum, g) => sum + g * g, 0)) // of numbers below 1e154
  const shrink = Math.min(1, clip / (norm + 1e-6))
  // After one step the mean is (1 - beta1) g over 1 - beta1, and so the square.
  const moved = (g: number) => start * (1 - rate * weightDecay) - (rate * g * shrink) / (Math.abs(g * shrink) + epsilon)
  return all.map((leaf) => leaf.map(moved))
}

// ------------------------------------------------------------ instances

/** Runs all tests on the current backend. */
export const checkGradients = (): void => {
  it.each(families)("that is not a number is refused, with %s", async (_, step) => {
    const error = await step()
    expect(error).toBeInstanceOf(GradientNotFinite)
    expect(error).toMatchObject({ step: 7, value: NaN })
    expect(error.message).toMatch(
      /^The gradient of the parameter blocks\/.*w at step 7 is not a number, so no step is taken\./,
    )
  })

  it("is refused by a run, with the first parameter named and the parameters unchanged", async () => {
    const { network, data } = roots
    for (const run of [
      (from: Trained<RootParams>) => training(network, { ...course, seed: 1, data }, from),
      (from: Trained<RootParams>) => descent(microBatched(roots, { size: 1, seed: 1 }), course, from),
    ]) {
      const from = begin(network.params)
      const before = [await numbersOf(network.params, from), alive()]
      expect(await thrownBy(run(from))).toMatchObject({
        ...{ _tag: "GradientNotFinite", parameter: "blocks/0/w", step: 0, value: NaN },
      })
      expect([await numbersOf(network.params, from), alive()]).toEqual(before)
      tensorScope.release(from)
    }
  })

  it("is refused if only the sum of micro-batches overflows", async () => {
    const { network, data } = large
    const params = network.params.init(Key.fromSeed(1))
    const at = (batch: number) =>
      microBatched({ network, data }, { size: 2, seed: 1 }).at({
        ...{ params, step: 4, samples: Array.from({ length: batch }, (_, i) => i) },
      })()
    const before = alive()
    const one = left(await at(2))
    expect(one).toMatchObject({ _tag: "GradientNotFinite", parameter: "w", step: 4, value: Infinity })
    expect(left(await at(4)).message).toMatch(/^The gradient of the parameter w at step 4 is infinite/)
    expect(alive()).toEqual(before)
    tensorScope.release(params)
  })

  it("fails the claim of lossAndGrads", async () => {
    const { network } = roots
    const params = network.params.init(Key.fromSeed(1))
    const a = input()
    const before = alive()
    const error = left(await run(lossAndGrads(network, a))(tensorEnv({ params, seed: 1, step: 3, samples }))())
    expect(error).toMatchObject({ _tag: "GradientNotFinite", parameter: "blocks/0/w", step: 3, value: NaN })
    expect(alive()).toEqual(before)
    tensorScope.release([params, a])
  })

  it("is thrown by toFunction before an optimizer takes the step", async () => {
    if (!isReadableNow()) return
    const { network } = roots
    const w = network.params.init(Key.fromSeed(1))
    const a = input()
    // All are tensors.
    const variables = new Map(network.params.leaves(w).map(([path, leaf]) => [path, tf.variable(leaf as tf.Tensor)]))
    const read = () => [...variables.values()].map((variable) => [...variable.dataSync()])
    const before = [read(), alive()]
    const optimizer = tf.train.sgd(0.1)
    const held = right(Params.fromLeaves(network.params, variables))
    expect(
      () =>
        tf.tidy(
          () => optimizer.minimize(() => toFunction(network, held, Key.fromSeed(1))(a) as tf.Scalar) ?? tf.scalar(0),
        ), // its loss
    ).toThrow(GradientNotFinite)
    optimizer.dispose()
    expect([read(), alive()]).toEqual(before)
    tensorScope.release([[...variables.values()], w, a])
  })

  it.each<readonly [Readonly<Record<string, ReadonlyArray<number>>>]>([
    [{ w: [1e20] }],
    [{ w: [3.4e38] }],
    [{ w: [1.9e19], v: [-1e18, 0, 2] }],
    [{ w: [3e38, -3e38, 2e38, 1e30], v: [3e38, 1e37, 1] }],
    [{ w: [1e-30] }],
    [{ w: [1e-30, 3], v: [0] }],
    [{ w: [1e19, -1e19], v: [1e17] }],
  ])("%j gives the step of float64, clipped to norm 1", async (gradients) => {
    const { params: tree } = linear(gradients)
    const grads = right(
      Params.fromLeaves(tree, new Map(Object.entries(gradients).map(([path, g]) => [path, tf.tensor([g])]))),
    )
    const one = begin(tree)
    const p = tensorScope.within(() => mapTensors(one.params, (leaf) => leaf.add(1)))
    const found = right(await gradientNorm(tree, grads, 0)())
    const exact = Math.sqrt(
      Object.values(gradients)
        .flat()
        .reduce((sum, g) => sum + g * g, 0),
    )
    if (exact > 1e-6) expect(Math.abs(found / exact - 1)).toBeLessThan(1e-6)
    const next = AdamW.update(AdamW.config, tree, {
      ...{ params: p, grads, norm: found, state: one.state, learningRate: 0.1 },
    })
    const expected = byFloat64(gradients, 1, 0.1)
    for (const [i, leaf] of (await readAll(tree, next.params)).entries())
      for (const [j, x] of leaf.entries()) expect(Math.abs(x - (expected[i]?.[j] ?? NaN))).toBeLessThan(1e-6)
    const means = (await readAll(tree, next.state.mean)).flat()
    const clipped = Math.sqrt(means.reduce((sum, m) => sum + 100 * m * m, 0))
    if (exact > 1) expect(Math.abs(clipped - 1)).toBeLessThan(1e-6)
    tensorScope.release([one, p, grads, next])
  })

  it("of 1e20 moves a weight of 1 to 0.89, by a step and by a run", async () => {
    const network = linear({ w: [1e20] })
    const x = tf.zeros([1])
    const from = () => {
      const { state, params } = begin(network.params)
      const moved = tensorScope.within(() => mapTensors(params, (leaf) => leaf.add(1)))
      tensorScope.release(params)
      return { params: moved, state }
    }
    const one = from()
    const env = tensorEnv({ params: one.params, seed: 1 })
    const { trained } = right(await trainStep(network, one, x, env, 0.1, AdamW.config)())
    expect(Math.abs(((await readAll(network.params, trained.params))[0]?.[0] ?? NaN) - 0.89)).toBeLessThan(1e-6)
    const plan = { ...course, batch: 1, seed: 1, data: () => tf.zeros([1]) }
    for await (const { trained: now } of training(network, plan, from())) {
      expect(Math.abs(((await readAll(network.params, now.params))[0]?.[0] ?? NaN) - 0.89)).toBeLessThan(1e-6)
      break
    }
  })
}
