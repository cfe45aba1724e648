/**
 * The example of the front door, for the tests that run it on every runtime and in pages. They use its names `net`,
 * `trained`, `evaluate`, `points`, `labels` and `accuracy`, and its file points.safetensors. The lines of a page leave
 * out `useBackend`, `save` and `console`.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, import.meta.url)), "utf8")

/** The first fence under README's heading "Train your own network". */
export const frontDoor: string =
  /^#+ Train your own network\n(?:(?!^#)[^])*?^```ts\n([^]*?)^```/m.exec(read("../../README.md"))?.[1] ?? ""

const isImport = (line: string): boolean => line.startsWith("import ")

/**
 * The module of a page. Its `frontDoor()` runs the example after `useBackend`, and returns whether it learned, whether
 * its bytes load to the same accuracy, and how a path is refused.
 */
export const inPage = (): string => {
  const lines = frontDoor.split("\n")
  const body = lines.filter(
    (line) => !isImport(line) && !/^await (useBackend|save)\(/.test(line) && !line.startsWith("console."),
  )
  return `${lines.filter(isImport).join("\n")}
import { load } from "bijou/net"
export const frontDoor = async () => {
  ${body.join("\n  ")}
  const again = await load(net, await save(trained))
  const { accuracy: loaded } = await evaluate(again, { inputs: points.slice(300), targets: labels.slice(300) })
  const refusal = (attempt) => attempt.then(() => "accepted", (error) => error.message)
  const [written, read] = [await refusal(save(trained, "a.safetensors")), await refusal(load(net, "a.safetensors"))]
  return [accuracy > 0.9, loaded === accuracy, written, read].join("; ")
}
`
}
