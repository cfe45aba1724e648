// The example of the front door, until README has one under "Train your own network".
import { classification, evaluate, layer, network, save, train } from "bijou/net"
import { tensor, useBackend } from "bijou/tensor"

await useBackend("wasm")
const points = Array.from({ length: 400 }, (_, i) => [Math.sin(i * 1.7), Math.cos(i * 2.3)])
const labels = points.map(([x, y]) => (x * y > 0 ? 1 : 0))
const net = network({
  embed: layer({ w: tensor.normal([2, 32], 1), b: tensor.zeros([32]) }, ({ w, b }, x) => x.matMul(w).add(b)),
  block: layer({ w: tensor.normal([32, 32], 0.2), b: tensor.zeros([32]) }, ({ w, b }, x) => x.matMul(w).add(b).tanh()),
  depth: 6,
  head: layer({ w: tensor.normal([32, 2], 0.1) }, ({ w }, x) => x.matMul(w)),
  loss: classification,
})
const data = { inputs: points.slice(0, 300), targets: labels.slice(0, 300) }
const trained = await train(net, { data, batch: 32, steps: 200, rate: 1e-2 })
const { accuracy } = await evaluate(trained, { inputs: points.slice(300), targets: labels.slice(300) })
await save(trained, "points.safetensors")
console.log(accuracy)
