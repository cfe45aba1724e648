/**
 * A process that trains while it has a timer, a signal handler and a server, and prints what ran, as JSON. With the
 * argument `channel` there is no `setImmediate`, as in browsers.
 */
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Key } from "bijou"
import { useBackend } from "bijou/tensor"
import { AdamW, training } from "bijou/net"
import { tiny } from "./tiny.ts"

const channel = process.argv.includes("channel")
await useBackend("cpu")
const { network, data } = await tiny({})
const params = network.params.init(Key.fromSeed(1))
const seen = { steps: 0, ticks: 0, signals: 0, answers: 0 }

const server = createServer((_, response) => response.end("here"))
await new Promise<void>((resolve) => server.listen(0, "localhost", resolve))
const { port } = server.address() as AddressInfo // it listens on a port
process.on("SIGTERM", () => seen.signals++)
const timer = setInterval(() => seen.ticks++, 5)
if (channel) Object.assign(globalThis, { setImmediate: undefined })

const plan = {
  optimizer: AdamW.config,
  schedule: { peak: 1e-3, floor: 1e-3, warmup: 0, steps: 400 },
  ...{ batch: 2, seed: 1, data },
}
for await (const { steps } of training(network, plan, { params, state: AdamW.init(network.params, params) })) {
  seen.steps = steps
  if (steps === 1) {
    process.kill(process.pid, "SIGTERM")
    void fetch(`http://localhost:${port}`).then(() => seen.answers++)
  }
  if (seen.ticks > 2 && seen.signals > 0 && seen.answers > 0) break
}
clearInterval(timer)
process.stdout.write(JSON.stringify(seen))
server.close()
server.closeAllConnections()
