/**
 * The public names: names.txt lists what each entry exports, so that a change of the public names is part of a diff.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import ts from "typescript"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** The names that each entry exports, types and values. */
const exported = (): ReadonlyMap<string, ReadonlyArray<string>> => {
  const { exports } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as {
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>
  } // the manifest of this repository
  const entries = Object.entries(exports).flatMap(([path, target]) =>
    typeof target === "string"
      ? []
      : [
          [
            `bijou${path.slice(1)}`,
            `${root}/${target.types.replace("./dist/", "").replace(/\.d\.ts$/, ".ts")}`,
          ] as const,
        ],
  )
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile) as { readonly config: unknown }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(
    entries.map(([, file]) => file),
    { ...options, noEmit: true },
  )
  const checker = program.getTypeChecker()
  return new Map(
    entries.map(([entry, path]) => {
      const file = program.getSourceFile(path)
      const symbol = file === undefined ? undefined : checker.getSymbolAtLocation(file)
      if (symbol === undefined) throw new Error(`${path} is not part of the program.`)
      const names = checker.getExportsOfModule(symbol).map(({ name }) => name)
      return [entry, names.sort()]
    }),
  )
}

/** A user's package can only emit declarations if every type that is inferred from a public function is public. */
const MOST = 224

it(`the entries export the names that names.txt lists, at most ${MOST}`, async () => {
  const entries = exported()
  const text = [...entries]
    .map(([entry, names]) => [entry, ...names.map((name) => `  ${name}`)].join("\n"))
    .join("\n\n")
  await expect(`${text}\n`).toMatchFileSnapshot(`${root}/test/package/names.txt`)
  expect(new Set([...entries.values()].flat()).size).toBeLessThanOrEqual(MOST)
})
