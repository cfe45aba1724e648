/**
 * The ledger: the prediction from shapes equals the measurement, and every byte has its owner.
 */
import { function as F } from "fp-ts"
import { andThen, Bdia, keep, Key, named, Params, Side } from "bijou"
import { buffers, float32TensorSide, fromTfjs, peakBytes, tensorEnv, tensorScope, tensorSpace, tf } from "bijou/tensor"
import {
  heldBytes,
  Ledger,
  ledgerSvg,
  ledgerTable,
  lossAndGrads,
  measureLedger,
  owners,
  predictLedger,
  bytesOf,
} from "bijou/net"
import { peakOf } from "../../src/train/memory/Ledger.ts"
import { expect, it } from "vitest"
import { inShapes } from "../../src/tensor/shapes/inShapes.ts"
import { checkPredictions, pair, sizes, subject } from "./predictedLedgers.ts"
import { alive, ask, left, onBackends, right, tinyGpt } from "../support/specimens.ts"

const { batch, time, width, depth } = sizes

onBackends("A ledger", () => {
  checkPredictions()

  it("adds up to the held bytes and to the peak, counted separately", async () => {
    const { network, step } = subject()
    const { params, input, seed, samples } = step
    const bare = { params, input, seed, samples }
    const ledger = right(await measureLedger(network, bare)())
    const held = right(await heldBytes(network, input, tensorEnv(bare))())
    const known = ledger.moments.findLast(({ phase }) => phase === "forward")
    // This includes the returned handle.
    expect(bytesOf(known?.end ?? ledger.start) - bytesOf(ledger.start)).toBe(held + 4)
    const outside = buffers().bytes - bytesOf(ledger.start)
    const { peak, result } = await peakBytes(() => ask(lossAndGrads(network, input), tensorEnv(bare)))
    expect(peak - outside).toBe(bytesOf(peakOf(ledger)?.peak ?? ledger.start))
    tensorScope.release(result)
  })

  it("gives every owner what the shapes say", async () => {
    const { network, step } = subject()
    const parameters = network.params
      .leaves(step.params)
      .reduce((sum, [, leaf]) => sum + 4 * (leaf as tf.Tensor).size, 0) // tensors all
    const reversed = right(await measureLedger(network, step)())
    const activation = 4 * batch * time * width
    expect(reversed.start).toEqual({
      ...Object.fromEntries(owners.map((owner) => [owner, 0])),
      parameters,
      optimizer: 2 * parameters,
      input: 2 * 4 * batch * time,
    })
    const known = reversed.moments.findLast(({ phase }) => phase === "forward")?.end
    expect(known).toMatchObject({ kept: 2 * activation, tapes: 0, state: 4, evidence: 4 * (depth + 2) })
    const plane = (batch * time * width) / 8
    expect((known?.planes ?? 0) + (known?.padding ?? 0)).toBe((depth - 1) * 4 * Math.ceil(plane / 4))
    expect(known?.planes).toBe((depth - 1) * plane)
    const last = reversed.moments.findLast(({ phase }) => phase === "pullback")?.end
    expect(last).toMatchObject({ gradients: parameters, kept: 0, planes: 0, tapes: 0, state: 0, cotangents: 0 })
    const taped = right(await measureLedger(network, { ...step, plan: { "": "tape" } })())
    expect(taped.moments.findLast(({ phase }) => phase === "forward")?.end.tapes).toBeGreaterThan(10 * activation)
  })

  it("counts the unused bits of a plane's last word", async () => {
    const space = tensorSpace(9)
    const layer = fromTfjs(Params.none, (_, x: tf.Tensor) => tf.tanh(x))
    const loss = fromTfjs(Params.none, (_, [, x]: readonly [tf.Tensor, tf.Tensor]) => x.sum())
    const network = F.pipe(
      named("blocks")(Bdia.fromResidual({ space, layer }, 2)),
      andThen(named("head")(keep<readonly [tf.Tensor, tf.Tensor]>(pair)(loss))),
    )
    const ledger = right(
      predictLedger(network, {
        params: network.params.init(Key.fromSeed(1)),
        input: tf.zeros([1, 11]),
        seed: 1,
      }),
    )
    const known = ledger.moments.findLast(({ phase }) => phase === "forward")?.end
    expect([known?.planes, known?.padding]).toEqual([2, 2]) // 11 bits in 4 bytes
  })

  it("predicts a chain that reads a context, which kept inputs leave out", async () => {
    const space = tensorSpace(9)
    const layer = fromTfjs(Params.none, (_, [c, x]: readonly [tf.Tensor, tf.Tensor]) => tf.tanh(tf.mul(c, x)))
    const loss = fromTfjs(Params.none, (_, [c, [, x]]: readonly [tf.Tensor, readonly [tf.Tensor, tf.Tensor]]) =>
      tf.tidy(() => tf.sum(tf.mul(c, x))),
    )
    const network = F.pipe(
      named("blocks")(Bdia.fromContextResidual({ space, context: { add: space.plus }, layer }, 3)),
      andThen(named("head")(keep(Side.pair(float32TensorSide(9), pair))(loss))),
    )
    const params = network.params.init(Key.fromSeed(1))
    const input = [tf.fill([2, 16], 0.5), tf.fill([2, 16], 0.25)] as const
    const before = alive()
    for (const plan of [{}, { blocks: "keep" }, { "": "tape" }] as const) {
      const step = { params, input, seed: 1, samples: [0, 1], plan }
      const predicted = right(predictLedger(network, step))
      const bare = predicted.moments.map((moment) => ({ ...moment, operations: 0, moved: 0 }))
      expect({ ...predicted, moments: bare }).toEqual(right(await measureLedger(network, step)()))
      const known = predicted.moments.findLast(({ phase }) => phase === "forward")?.end
      if ("blocks" in plan) expect(known?.kept).toBe(3 * 128) // x_1 to x_3; x_0 and c are the input
    }
    expect(alive()).toEqual(before)
    tensorScope.release(input)
  })

  it("is a table, a picture and data", async () => {
    const { network, step } = subject()
    const ledger = right(predictLedger(network, step))
    const table = ledgerTable(ledger)
    expect(table).toMatch(/^MB +before +loss known +highest +after\n/)
    expect(table).toContain("highest in the pullback of blocks/0")
    expect(Math.max(...table.split("\n").map((line) => line.length))).toBeLessThanOrEqual(60)
    const svg = ledgerSvg(ledger, { title: "K = 4 & <more>", budget: 2 ** 20 })
    expect(svg).toContain("K = 4 &#38; &#60;more&#62;")
    expect(svg).toContain("budget 1.0 MB")
    expect(svg.match(/<polygon/g)).toHaveLength(owners.filter((owner) => svg.includes(`<title>${owner}`)).length)
    expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    expect(right(Ledger.decode(JSON.parse(JSON.stringify(Ledger.encode(ledger)))))).toEqual(ledger)
  })

  it("needs no numbers: a network of a billion parameters is predicted from its shapes", () => {
    const before = alive()
    const ledger = inShapes(() => {
      const { bijection: network } = tinyGpt({ depth: 2, width: 4096, heads: 32, vocabulary: 50_000, context: 512 })
      const params = network.params.init(Key.fromSeed(1))
      const input = [tf.zeros([1, 512], "int32"), tf.zeros([1, 512], "int32")] as const
      const told = right(predictLedger(network, { params, input, seed: 1 }))
      tensorScope.release([params, input])
      return told
    })
    expect(ledger.start.parameters).toBeGreaterThan(3e9)
    expect(alive()).toEqual(before)
  })

  it("is refused for kernels whose output shapes depend on values", () => {
    const network = keep(float32TensorSide(null))(
      fromTfjs(Params.none, (_, x: tf.Tensor) => tf.reverse(x, 0).cumprod(0).sum()),
    )
    const step = { params: {}, input: tf.ones([3, 3]), seed: 1 }
    expect(left(predictLedger(network, step)).message).toContain(
      "the output of the kernel Cumprod cannot be derived from shapes alone",
    )
  })
})
