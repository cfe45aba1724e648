/**
 * What fixed seeds produce, to the bit: digests of activations, side bytes, gradients and trained parameters.
 *
 * They must not change from version to version on numbers, Float32Arrays, cpu and wasm. `npm run golden` rewrites them
 * after an intended change of bits. A device with its own bits has its own file.
 */
import { createHash, type Hash } from "node:crypto"
import { Bdia, gammas, hostEnv, Key, normals, runPromise, uniforms, words, type Bijection, type Env } from "bijou"
import type { EnvOptions } from "../../src/core/Env.ts"
import { float32Material, numberMaterial, type Material } from "../../laws/engine/Material.ts"
import { look } from "../../laws/engine/evidence.ts"
import { tensorMaterial } from "../../laws/tensor/tensorMaterial.ts"
import { AdamW, block, Text, training } from "bijou/net"
import { tensorEnv, tensorSpace, tf, useBackend } from "bijou/tensor"
import { expect, it } from "vitest"
import { tinyBatch, tinyGpt, noise } from "../support/specimens.ts"

// ---------------------------------------------------------------- digests

const feed = (hash: Hash, evidence: unknown): void => {
  if (typeof evidence === "number") hash.update("number").update(Float64Array.of(evidence))
  else if (ArrayBuffer.isView(evidence))
    hash
      .update(evidence.constructor.name)
      .update(new Uint8Array(evidence.buffer, evidence.byteOffset, evidence.byteLength))
  else if (typeof evidence === "object" && evidence !== null)
    for (const [name, part] of Object.entries(evidence)) feed(hash.update(name), part)
  else hash.update(String(evidence))
}

const digest = async (value: unknown): Promise<string> => {
  const hash = createHash("sha256")
  feed(hash, await look(value))
  return hash.digest("hex").slice(0, 32)
}

type MakeEnv = <P>(options: EnvOptions<P>) => Env<P>

/** Output, side, rebuilt input, cotangent, every gradient and the expectation of one sweep. */
const sweep = async <P, A, B, S>(
  name: string,
  f: Bijection<P, A, B, S>,
  a: A,
  cotangent: (b: B) => B,
  makeEnv: MakeEnv,
  samples: ReadonlyArray<number>,
): Promise<ReadonlyArray<string>> => {
  const params = f.params.init(Key.fromSeed(7))
  const env = () => makeEnv({ params, seed: 7, step: 3, samples })
  const [b, side] = await runPromise(f.forward(a))(env())
  const lines = [
    ["parameters", await digest(f.params.leaves(params))],
    ["output", await digest(b)],
    ["side", await digest(await f.side.toBytes(side)())],
    ["expectation", await digest(await runPromise(f.infer(a))(env()))],
  ]
  const pulled = await runPromise(f.pullback(b, side, cotangent(b)))(env())
  lines.push(["input", await digest(pulled.input)], ["cotangent", await digest(pulled.cotangent)])
  for (const [path, grad] of f.params.leaves(pulled.grads)) lines.push([`gradient of ${path}`, await digest(grad)])
  return lines.map(([what, hex]) => `${hex}  ${name}: ${what}`)
}

const chain = <X, Bit>({ space, example }: Material<X, Bit>) => Bdia.fromResidual({ space, layer: example.layer }, 6)

const snapshot = (key: string, lines: ReadonlyArray<string>) =>
  expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`${key}.txt`)

// ------------------------------------------------------------------ tests

it("draws have the bits they always had", async () => {
  const draw = { key: Key.child("golden")(Key.step(5)(Key.fromSeed(123456789012345))), samples: [0, 9, 2 ** 40] }
  await snapshot("draws", [
    `${await digest(words(draw, 1001))}  words`,
    `${await digest(uniforms(draw, 1001))}  uniforms`,
    `${await digest(normals(draw, 1001))}  normals`,
    `${await digest(Float64Array.from(gammas(draw)))}  gammas`,
  ])
})

it("numbers have the bits they always had", async () => {
  const f = chain(numberMaterial(9))
  await snapshot("numbers", await sweep("6 blocks", f, 1.5, () => [0.5, -1.25] as const, hostEnv, [11]))
})

it("Float32Arrays have the bits they always had", async () => {
  const f = chain(float32Material(9, 4))
  const x = Float32Array.from({ length: 8 }, (_, i) => (37 * i - 111) / 512)
  const cotangent = () => [x.map((a) => a + 1), x.map((a) => 2 - a)] as const
  await snapshot("arrays", await sweep("6 blocks", f, x, cotangent, hostEnv, [11, 4]))
})

/** The bits of wasm and cpu are those of the language. Those of other backends depend on the device. */
const keys = ["cpu", "wasm"] as const

for (const key of keys)
  it(`tensors on ${key} have the bits they always had`, async () => {
    await useBackend(key)
    const ones = (b: readonly [tf.Tensor, tf.Tensor]) => [noise(b[0].shape, 5), noise(b[1].shape, 6)] as const
    const space = tensorSpace(9)
    const x = space.quantize(noise([2, 3, 4], 1, 4))
    const residual = { space, layer: block({ width: 4, heads: 2, depth: 6, dropout: 0.25 }) }
    const { bijection: network, config } = tinyGpt()
    const lines = [
      ...(await sweep("6 blocks with dropout", chain(tensorMaterial(9, [2, 3, 4])), x, ones, tensorEnv, [11, 4])),
      ...(await sweep("6 blocks of a GPT", Bdia.fromResidual(residual, 6), x, ones, tensorEnv, [11, 4])),
      ...(await sweep("a GPT", network, tinyBatch(), (loss) => tf.onesLike(loss), tensorEnv, [11, 4])),
    ]
    const text = Uint8Array.from({ length: 400 }, (_, i) => (i * i + 3 * (i >> 2)) % 7)
    const params = network.params.init(Key.fromSeed(1))
    const plan = {
      optimizer: AdamW.config,
      schedule: { peak: 1e-2, floor: 1e-3, warmup: 2, steps: 5 },
      batch: 3,
      seed: 1,
      data: (samples: ReadonlyArray<number>) => Text.batch(text, config.context, 1, samples),
    }
    for await (const { steps, loss, trained } of training(network, plan, {
      params,
      state: AdamW.init(network.params, params),
    }))
      lines.push(`${await digest([loss, network.params.leaves(trained.params)])}  a GPT after ${steps} steps`)
    await snapshot(key, lines)
  })
