/**
 * A GPT that learns in a page, on its GPU if there is one. Its activations are discarded and rebuilt bit for bit.
 *
 * `npm run browser` bundles it and serves it on http://localhost:8000. `?backend=wasm` selects another backend.
 */
import { Key, Plan } from "bijou"
import { AdamW, generate, gpt, heldBytes, Text, training } from "bijou/net"
import { backends, tensorEnv, useBackend } from "bijou/tensor"

const say = (line: string): void => document.querySelector("#log")?.append(`${line}\n`)

const asked = new URLSearchParams(location.search).get("backend")
const backend = backends.find((name) => name === asked) ?? ("gpu" in navigator ? "webgpu" : "wasm")
await useBackend(backend)
say(`on ${backend}`)

const text = new TextEncoder().encode("to be or not to be, that is the question. ".repeat(20))
const net = gpt({ vocabulary: 256, context: 16, width: 16, heads: 2, depth: 3, fractionBits: 9, dropout: 0 })
const data = (samples: ReadonlyArray<number>) => Text.batch(text, 16, 1, samples)
const plan = {
  optimizer: AdamW.config,
  schedule: { peak: 1e-2, floor: 1e-3, warmup: 2, steps: 20 },
  batch: 4,
  seed: 1,
  data,
}
let params = net.bijection.params.init(Key.fromSeed(1))

// Every step checks what it has rebuilt, and ends the loop if a bit differs.
for await (const now of training(net.bijection, plan, { params, state: AdamW.init(net.bijection.params, params) })) {
  params = now.trained.params
  if (now.steps % 10 === 0) say(`step ${now.steps}: loss ${now.loss.toFixed(2)}`)
}

const samples = [0, 1, 2, 3]
const held = async (plan: Plan): Promise<string> => {
  const bytes = await heldBytes(net.bijection, data(samples), tensorEnv({ params, seed: 1, samples, plan }))()
  return bytes._tag === "Right" ? `${bytes.right} bytes` : bytes.left.message
}
say(`held for the backward pass: ${await held(Plan.reversed)}, by ordinary backpropagation ${await held(Plan.taped)}`)

const bytes = await generate(net, params, { bytes: text.subarray(0, 6), count: 10, temperature: 0.1, seed: 1 })()
say(bytes._tag === "Right" ? new TextDecoder().decode(bytes.right) : bytes.left.message)
say("done")
