/**
 * Faults are reported, never trained on: faults in the inputs of a backward pass, activations outside the grid, layers
 * that throw. In every case the parameters keep their bits and no tensor is left.
 */
import { either as E, function as F } from "fp-ts"
import { Bdia, Params, run, serial, type Bijection, type Env, type RevError, type Side } from "bijou"
import { AdamW, Conv, trainStep } from "bijou/net"
import { float32TensorSide, fromTfjs, tensorEnv, tensorScope, tensorSpace, tf } from "bijou/tensor"
import { describe, expect, it } from "vitest"
import {
  alive,
  ask,
  attention,
  bitsOf,
  convolution,
  digest,
  lazily,
  left,
  lively,
  noise,
  onBackends,
  perceptron,
  right,
  tinyBatch,
  tinyGpt,
  type Specimen,
} from "../support/specimens.ts"

const samples = [5, 11]
const space = tensorSpace(9)

/** `value` with one bit of its elements flipped: bit 0 is the first, a negative one counts from the end. */
const flip = async <S>(side: Side<S>, value: S, bit: number): Promise<S> => {
  const bytes = (await side.toBytes(value)()).slice()
  const start = 12 + 4 * new DataView(bytes.buffer).getUint32(8, true) // after the header
  const at = bit < 0 ? 8 * bytes.length + bit : 8 * start + bit
  bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7))
  return right(await side.fromBytes(bytes)())
}

/** Some thirty places among `count`, first and last among them. */
const places = (count: number): ReadonlyArray<number> => {
  const stride = Math.max(1, Math.floor(count / 30))
  return [...new Set([...Array.from({ length: Math.ceil(count / stride) }, (_, i) => i * stride), count - 1])]
}

const replaced = <X>(items: ReadonlyArray<X>, i: number, item: X): ReadonlyArray<X> =>
  items.map((old, j) => (j === i ? item : old))

/**
 * A step whose backward pass gets something else than its forward pass returned: its result, with everything that must
 * not change.
 */
const refusal = async <P, A, S>(
  net: Bijection<P, A, tf.Tensor, S>,
  params: P,
  a: A,
  env: (params: P) => Env<P> = (p) => tensorEnv({ params: p, seed: 3, step: 41, samples }),
): Promise<RevError> => {
  const trained = { params, state: AdamW.init(net.params, params) }
  const before = [digest(net.params, params), alive()]
  const error = left(await trainStep(net, trained, a, env(params), 0.1, AdamW.config)())
  expect([digest(net.params, params), alive()]).toEqual(before)
  expect([digest(net.params, trained.state.mean), trained.state.beta1Power]).toEqual([
    digest(net.params, AdamW.init(net.params, params).mean),
    1,
  ])
  if (error._tag === "LossNotFinite") throw error
  return error
}

onBackends("A fault", () => {
  const { bijection: network, space: grid } = tinyGpt()
  const params = lazily(() => lively(network.params, 1))
  const batch = lazily(() => tinyBatch())
  const env = () => tensorEnv({ params: params(), seed: 3, step: 41, samples })
  const leftBehind = async () => (await ask(network.forward(batch()), env()))[1]
  type GptSide = Awaited<ReturnType<typeof leftBehind>>

  /** The network whose backward pass gets another side. */
  const tampered = (side: GptSide): typeof network => ({
    ...network,
    pullback: (b, honest, cotangent) => (at) => {
      tensorScope.release(honest)
      return network.pullback(b, side, cotangent)(at)
    },
  })
  const refused = async (side: GptSide): Promise<void> => {
    const trained = { params: params(), state: AdamW.init(network.params, params()) }
    const before = digest(network.params, params())
    const error = left(await trainStep(tampered(side), trained, batch(), env(), 0.1, AdamW.config)())
    tensorScope.release([side, trained.state])
    expect(error._tag).toBe("Irreversible")
    expect(error.message).toContain("step 41")
    expect(digest(network.params, params())).toBe(before)
  }

  it("in one bit of any plane is refused", async () => {
    for (const k of [0, 1])
      for (const bit of places(2 * 4 * 4)) {
        const [[ids, [first, planes]], head] = await leftBehind()
        const held = planes[k]
        if (held?._tag !== "reversed") throw new Error("The plan was to reverse.")
        const side = await flip(grid.bit, held.side, bit)
        tensorScope.release(held)
        await refused([[ids, [first, replaced(planes, k, { _tag: "reversed", side })]], head])
      }
  })

  it("in one bit of any state is refused", async () => {
    for (const which of [0, 1])
      for (const bit of places(2 * 4 * 4 * 32)) {
        const [trunk, head] = await leftBehind()
        const [[previous, current], targets] = head.input
        const state = [previous, current] as const
        const one = await flip(float32TensorSide(null), which === 0 ? previous : current, bit)
        tensorScope.release(state[which])
        const [x, y] = which === 0 ? [one, current] : [previous, one]
        await refused([trunk, { _tag: "kept", input: [[x, y], targets] }])
      }
  })

  it("in a target or a token is refused", async () => {
    const other = tinyBatch(2, 4, 2)
    const [[, chain], head] = await leftBehind()
    await refused([[{ _tag: "kept", input: other[0].clone() }, chain], head])
    const [trunk, { input }] = await leftBehind()
    await refused([trunk, { _tag: "kept", input: [input[0], other[1].clone()] }])
  })

  it("in the seed of the backward pass is refused", async () => {
    for (const seed of [4, 5, 6]) {
      const changed: typeof network = {
        ...network,
        pullback: (b, side, cotangent) => (at) =>
          network.pullback(b, side, cotangent)({ ...at, key: tensorEnv({ params: params(), seed }).key }),
      }
      expect((await refusal(changed, params(), batch()))._tag).toBe("Irreversible")
    }
  })

  it("that the check cannot see in a bare chain is the correct output of another input", async () => {
    const tally = { refused: 0, another: 0 }
    const attack = async <P>({ shape, layer }: Specimen<P>) => {
      const net = Bdia.fromResidual({ space, layer }, 4)
      const p = lively(net.params, 8)
      const at = () => tensorEnv({ params: p, seed: 3, samples })
      const x = space.quantize(noise(shape, 1, 4))
      const zero = () => [tf.zerosLike(x), tf.zerosLike(x)] as const
      for (const bit of places(3 * x.size)) {
        const [output, [first, planes]] = await ask(net.forward(x), at())
        const held = planes[bit % 3]
        if (held?._tag !== "reversed") throw new Error("The plan was to reverse.")
        const plane = await flip(space.bit, held.side, Math.floor(bit / 3))
        const side = [first, replaced(planes, bit % 3, { _tag: "reversed" as const, side: plane })] as const
        const bytes = [...output.map(bitsOf), Buffer.from(await net.side.toBytes(side)())]
        const result = await run(net.pullback(output, side, zero()))(at())()
        if (E.isLeft(result)) {
          expect(result.left._tag).toBe("Irreversible")
          tally.refused++
        } else {
          const [again, left] = await ask(net.forward(result.right.input), at())
          expect([...again.map(bitsOf), Buffer.from(await net.side.toBytes(left)())]).toEqual(bytes)
          tally.another++
        }
      }
    }
    await attack(perceptron())
    await attack(attention("full"))
    await attack(convolution())
    expect(tally.refused).toBeGreaterThan(10 * tally.another)
  })
})

onBackends("A step outside the grid or its shapes", () => {
  const { bijection: network } = tinyGpt()
  const batch = lazily(() => tinyBatch())

  /** The parameters with one leaf replaced. */
  const changed = (path: string, f: (leaf: tf.Tensor) => tf.Tensor) => {
    const params = lively(network.params, 1)
    // All are tensors.
    const leaves = new Map(network.params.leaves(params).map(([name, leaf]) => [name, leaf as tf.Tensor]))
    const leaf = leaves.get(path)
    if (leaf === undefined) throw new Error(`There is no parameter ${path}.`)
    return right(
      Params.fromLeaves(
        network.params,
        leaves.set(
          path,
          tf.tidy(() => f(leaf)),
        ),
      ),
    )
  }

  it("ends in GridOverflow if an activation is too large, with its place and advice", async () => {
    const params = changed("blocks/1/mlp/down/bias", (leaf) => leaf.add(1e6))
    const error = await refusal(network, params, batch())
    expect(error).toMatchObject({ _tag: "GridOverflow", path: ["blocks", "1"], step: 41, limit: 32768 })
    expect(error.message).toMatch(
      /^\|x\| reached \d+.* at blocks\/1, step 41, .* below 32768\. Use fewer fraction bits/,
    )
  })

  it("ends in GridOverflow at the limit itself, and not one step below it", async () => {
    const layer = fromTfjs(Params.none, (_, x: tf.Tensor) => tf.zerosLike(x))
    const net = Bdia.fromResidual({ space, layer }, 1)
    const at = () => tensorEnv({ params: [{}], seed: 1, samples: [0] })
    for (const sign of [1, -1]) {
      const error = left(await run(net.forward(tf.tensor2d([[sign * 32768]])))(at())())
      expect(error).toMatchObject({ _tag: "GridOverflow", value: 32768, path: ["0"] })
      right(await run(net.forward(tf.tensor2d([[sign * (32768 - 2 ** -9)]])))(at())())
    }
  })

  it("ends in GridOverflow with NaN if a parameter is NaN", async () => {
    const error = await refusal(
      network,
      changed("blocks/2/norm1/gain", (leaf) => leaf.mul(NaN)),
      batch(),
    )
    expect(error).toMatchObject({ _tag: "GridOverflow", value: NaN, path: ["blocks", "2"] })
    expect(error.message).toContain("is not a number")
  })

  it("ends in LossNotFinite if only the loss is NaN", async () => {
    const params = changed("head/unembed", (leaf) => leaf.mul(NaN))
    const trained = { params, state: AdamW.init(network.params, params) }
    const before = alive()
    const env = tensorEnv({ params, seed: 3, step: 41, samples })
    const error = left(await trainStep(network, trained, batch(), env, 0.1, AdamW.config)())
    expect(alive()).toEqual(before)
    expect(error).toMatchObject({ _tag: "LossNotFinite", step: 41, value: NaN })
  })

  it("ends in NotOnGrid for an input between two steps", async () => {
    const { layer } = perceptron()
    const net = Bdia.fromResidual({ space, layer }, 2)
    const params = lively(net.params, 1)
    const x = tf.fill([2, 3, 4], 2 ** -10)
    const before = alive()
    const error = left(await run(net.forward(x))(tensorEnv({ params, seed: 1, samples }))())
    expect(error).toMatchObject({ _tag: "NotOnGrid", path: ["0"] })
    expect(left(await run(net.infer(x))(tensorEnv({ params, seed: 1, samples }))())._tag).toBe("NotOnGrid")
    expect(alive()).toEqual(before)
  })

  it("ends in ShapeMismatch for another number of samples", async () => {
    for (const wrong of [[0], [0, 1, 2]]) {
      const error = await refusal(network, lively(network.params, 1), batch(), (params) =>
        tensorEnv({ params, seed: 1, samples: wrong }),
      )
      expect(error._tag).toBe("ShapeMismatch")
      expect(error.message).toContain(`${wrong.length} sample ids`)
    }
  })

  it("ends in ShapeMismatch for a residual of another shape and for too many tokens", async () => {
    const net = Bdia.fromResidual({ space, layer: Conv.make(1, 2, 1) }, 2)
    const params = lively(net.params, 1)
    const x = space.quantize(noise([2, 4, 3, 2], 1))
    const before = alive()
    const error = left(await run(net.forward(x))(tensorEnv({ params, seed: 1, samples }))())
    expect(error).toMatchObject({ _tag: "ShapeMismatch" })
    expect(alive()).toEqual(before)
    const long = await refusal(network, lively(network.params, 1), tinyBatch(2, 5))
    expect(long.message).toBe("5 tokens do not fit a context of 4. Shorten the input, or use a longer context.")
  })
})

onBackends("A layer that throws", () => {
  const cause = new Error("out of paper")
  const { shape, layer } = perceptron()

  /** A chain whose residual throws in its n-th evaluation. */
  const failing = (n: number) => {
    let calls = 0
    const broken = fromTfjs(Params.none, (_, x: tf.Tensor) => {
      const y = x.square()
      if (++calls === n) throw cause
      return y.tanh()
    })
    return Bdia.fromResidual({ space, layer: F.pipe(layer, serial(broken)) }, 3)
  }
  describe("leaves no tensor", () => {
    for (const n of [1, 2, 3, 4, 5, 6])
      it(`in evaluation ${n} of six`, async () => {
        const chain = failing(n)
        const params = lively(chain.params, 1)
        const x = space.quantize(noise(shape, 1))
        const cotangent = () => [tf.onesLike(x), tf.onesLike(x)] as const
        const before = alive()
        const env = tensorEnv({ params, seed: 1, samples })
        const result = await run((at: typeof env) =>
          F.pipe(
            chain.forward(x)(at),
            E.chain(([state, side]) => chain.pullback(state, side, cotangent())(at)),
          ),
        )(env)()
        const error = left(result)
        const block = n <= 3 ? n - 1 : 6 - n
        expect(error).toMatchObject({ _tag: "LayerFailed", path: [`${block}`], cause })
        expect(error.message).toBe(`The layer at ${block} failed: out of paper`)
        expect(alive()).toEqual(before)
      })

    for (const n of [1, 2, 3])
      it(`in evaluation ${n} of three that are taped`, async () => {
        const chain = failing(n)
        const params = lively(chain.params, 1)
        const x = space.quantize(noise(shape, 1))
        const before = alive()
        const env = tensorEnv({ params, seed: 1, samples, plan: { "": "tape" } })
        expect(left(await run(chain.forward(x))(env)())).toMatchObject({ _tag: "LayerFailed", path: [`${n - 1}`] })
        expect(alive()).toEqual(before)
      })
  })
})
