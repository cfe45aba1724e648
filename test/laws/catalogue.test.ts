/**
 * The catalogue is complete: it contains everything exported that is, or makes, a bijection or a layer.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { allLaws } from "../../laws/engine/Law.ts"
import { catalogue } from "bijou/laws/tensor"
import { useBackend } from "bijou/tensor"
import ts from "typescript"
import { expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Exports whose type is a bijection or a layer, or that return one, as `name` or `Noun.name`. */
const makers = (): ReadonlyArray<string> => {
  const { exports } = JSON.parse(readFileSync(`${root}/package.json`, "utf8")) as {
    readonly exports: Readonly<Record<string, string | { readonly default: string }>>
  } // the manifest of this repository
  const entries = Object.values(exports)
    .flatMap((target) => (typeof target === "string" ? [] : [target.default]))
    .filter((target) => target.startsWith("./dist/src/"))
    .map((target) => `${root}/${target.slice("./dist/".length).replace(/\.js$/, ".ts")}`)
  const { config } = ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile) as { readonly config: unknown }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  const program = ts.createProgram(entries, { ...options, noEmit: true })
  const checker = program.getTypeChecker()

  /** One of this library's two interfaces. tfjs has a Layer too. */
  const isPart = ({ symbol }: ts.Type): boolean =>
    ["Bijection", "Layer"].includes(symbol?.name ?? "") &&
    symbol.declarations?.[0]?.getSourceFile().fileName.startsWith(`${root}/src/core/`.replace("//", "/")) === true

  const makes = (type: ts.Type, depth: number): boolean => {
    if (isPart(type)) return true
    if (depth === 0) return false
    if (type.isUnion()) return type.types.some((one) => makes(one, depth - 1))
    const returned = type.getCallSignatures().map((signature) => checker.getReturnTypeOfSignature(signature))
    if (returned.some((one) => makes(one, depth - 1))) return true
    // A function's result may contain parts, as that of `gpt` does, or be an Option of one.
    const fields = type.getProperties().map((field) => checker.getTypeOfSymbol(field))
    return type.getCallSignatures().length === 0 && fields.some((field) => isPart(field))
  }

  return entries.flatMap((entry) => {
    const file = program.getSourceFile(entry)
    const symbol = file === undefined ? undefined : checker.getSymbolAtLocation(file)
    if (symbol === undefined) throw new Error(`${entry} is not part of the program.`)
    return checker.getExportsOfModule(symbol).flatMap((exported) => {
      const target = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
      if (!(target.flags & ts.SymbolFlags.Value)) return []
      const type = checker.getTypeOfSymbol(target)
      const members = type.getCallSignatures().length > 0 ? [] : type.getProperties()
      return [
        ...(type.getCallSignatures().length > 0 && makes(type, 4) ? [exported.name] : []),
        ...members
          .filter((member) => makes(checker.getTypeOfSymbol(member), 4))
          .map((member) => `${exported.name}.${member.name}`),
      ]
    })
  })
}

it("every exported bijection and layer is in the catalogue, and nothing else is", () => {
  const found = makers()
  expect(found).toEqual(expect.arrayContaining(["andThen", "invert", "Bdia.fromResidual", "Linear.make", "gpt"]))
  expect([...new Set(catalogue().flatMap(({ covers }) => covers))].sort()).toEqual([...new Set(found)].sort())
})

it("every entry has laws, under a unique name", async () => {
  await useBackend("cpu")
  const names: string[] = []
  for (const { name, set } of catalogue()) {
    expect(allLaws(await set()).length, name).toBeGreaterThan(0)
    names.push(name)
  }
  expect(new Set(names).size).toBe(names.length)
})
