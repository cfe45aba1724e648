/**
 * The same tensor in two places has a gradient for each place, under every plan.
 */
import { option as O } from "fp-ts"
import { Bdia, Coupling, keep, Momentum, Params, Rational, Side, TwoStep, type Bijection, type Plan } from "bijou"
import { float32TensorSide, fromTfjs, mapTensors, tensor, tensorEnv, tensorSpace, tensorsIn, tf } from "bijou/tensor"
import { expect, it } from "vitest"
import { alive, ask, bitsOf, lively, noise, onBackends } from "../support/specimens.ts"

const space = tensorSpace(9)
const context = { add: space.plus }
const layer = fromTfjs(
  Params.struct<{ readonly v: tf.Tensor; readonly w: tf.Tensor }>({
    v: tensor.normal([4, 4], 0.5),
    w: tensor.normal([4, 4], 0.5),
  }),
  ({ v, w }, [c, x]: readonly [tf.Tensor, tf.Tensor]) => tf.tanh(c.matMul(v)).mul(x.matMul(w)),
)

type Pair = readonly [tf.Tensor, tf.Tensor]
type Weights = { readonly v: tf.Tensor; readonly w: tf.Tensor }

/** Every family, on [context, x] or [context, [x, x]] made of one tensor. */
const families = {
  BDIA: [Bdia.fromContextResidual({ space, context, layer }, 3), (x: tf.Tensor) => [x, x]],
  couplings: [Coupling.fromContextResiduals({ space, context, f: layer, g: layer }, 2), (x: tf.Tensor) => [x, [x, x]]],
  momentum: [Momentum.fromContextResidual({ space, context, layer }, { n: 9, d: 10 }, 3), (x: tf.Tensor) => [x, x]],
  "rational gamma": [
    Rational.fromContextResidual({ space, context, layer }, { n: 3, d: 5 }, 3),
    (x: tf.Tensor) => [x, x],
  ],
  "two-step": [
    TwoStep.fromContextResidual({ space, context, layer }, TwoStep.midpoint(space), 3),
    (x: tf.Tensor) => [x, x],
  ],
  "a kept layer": [keep(Side.pair(float32TensorSide(null), float32TensorSide(null)))(layer), (x: tf.Tensor) => [x, x]],
} as unknown as Readonly<
  Record<string, readonly [Bijection<unknown, unknown, unknown, unknown>, (x: tf.Tensor) => unknown]>
> // their types are forgotten

const plans: Readonly<Record<string, Plan>> = { reversed: {}, kept: { "": "keep" }, taped: { "": "tape" } }

const sweep = async (
  net: Bijection<unknown, unknown, unknown, unknown>,
  input: unknown,
  params: unknown,
  plan: Plan,
) => {
  const env = () => tensorEnv({ params, seed: 3, samples: [5, 11], plan })
  const [output, side] = await ask(net.forward(input), env())
  let seed = 0
  const cotangent = mapTensors(output, ({ shape }) => noise(shape, ++seed))
  const pulled = await ask(net.pullback(output, side, cotangent), env())
  return [...tensorsIn(pulled.cotangent), ...tensorsIn(net.params.leaves(pulled.grads).map(([, leaf]) => leaf))].map(
    bitsOf,
  )
}

onBackends("The same tensor twice", () => {
  for (const [name, [net, twice]] of Object.entries(families))
    it(`has a gradient for each place through ${name}, whatever the plan`, async () => {
      const params = lively(net.params, 2)
      const made = () => space.quantize(noise([2, 4], 7))
      const expected = await sweep(net, mapTensors(twice(made()), made), params, {})
      for (const plan of Object.values(plans)) {
        const handles = made()
        expect(await sweep(net, twice(made()), params, plan)).toEqual(expected)
        expect(
          await sweep(
            net,
            mapTensors(twice(handles), (x) => x.clone()),
            params,
            plan,
          ),
        ).toEqual(expected)
      }
    })

  it("has a gradient for each parameter that it is, and frees every handle", () => {
    const [w, c] = [noise([4, 4], 1), noise([2, 4], 2)]
    const dy = noise([2, 4], 3)
    const back = (params: Weights, input: Pair) => {
      const { value, pull } = layer.vjp(params, input, O.none)
      const { cotangent, grads } = pull(dy)
      const found = tensorsIn([cotangent, grads]).map(bitsOf)
      tf.dispose([value, ...tensorsIn([cotangent, grads])])
      return found
    }
    const before = alive()
    const shared = back({ v: w, w }, [c, c])
    expect(alive()).toEqual(before)
    expect(shared).toEqual(back({ v: w.clone(), w: w.clone() }, [c.clone(), c.clone()]))
  })

  it("has a gradient for each place that an array or a record has for it", () => {
    const sum = fromTfjs(
      Params.none,
      (_, [x, { y, z }]: readonly [tf.Tensor, { readonly y: tf.Tensor; readonly z: tf.Tensor }]) =>
        x.mul(2).add(y.mul(3)).add(z.mul(5)),
    )
    const x = tf.scalar(1)
    const { cotangent } = sum.vjp({}, [x, { y: x, z: x }], O.none).pull(tf.scalar(1))
    expect(tensorsIn(cotangent).map((tensor) => tensor.dataSync()[0])).toEqual([2, 3, 5])
  })
})
