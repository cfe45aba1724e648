/**
 * The process that reads the inputs. It reports each input before it begins, so that its parent knows at which one it
 * hangs or crashes.
 */
import { useBackend } from "bijou/tensor"
import { readers } from "./readers/index.ts"
import { tryInput } from "./tryInput.ts"

const [name, seed, from, to, backend] = process.argv.slice(2)
process.on("SIGINT", () => {}) // a Ctrl-C reaches every process of the terminal; the parent decides
process.once("disconnect", () => process.exit())

await useBackend(backend === "cpu" ? "cpu" : "wasm")
const reader = readers.find((one) => one.name === name)
if (reader === undefined) throw new Error(`There is no reader called ${name}.`)
const targets = await reader.targets()
for (let index = Number(from); index < Number(to); index++) {
  process.send?.({ index })
  const verdict = await tryInput(reader, targets, Number(seed), index)
  process.send?.({ index, verdict })
}
process.disconnect?.()
