/**
 * Loads a user's modules, in TypeScript or JavaScript.
 */
import { stat } from "node:fs/promises"
import { register } from "node:module"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { asModule } from "./asModule.ts"
import { UnusableInput } from "../errors/UnusableInput.ts"

// ---------------------------------------------------------- destructors

/**
 * Returns the exports of the module in this file. Throws `UnusableInput` if there is no such file, or if the module
 * throws.
 */
export const loadModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const path = resolve(file)
  const kind = await stat(path).catch(() => null)
  if (kind === null)
    throw new UnusableInput(`There is no file ${file}. Give the path of a TypeScript or JavaScript module.`)
  if (!kind.isFile())
    throw new UnusableInput(`${file} is not a file. Give the path of a TypeScript or JavaScript module.`)
  if (!/\.[cm]?[jt]sx?$/.test(path))
    throw new UnusableInput(
      `${file} is not a module. Its name must end in .ts, .js, or a variant such as .mts or .mjs.`,
    )
  if (/\.[cm]?tsx?$/.test(path)) (await import("tsx/esm/api")).register()
  register(asModule)
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>> // a module's namespace
  } catch (error) {
    const [first = "", second = ""] = (error instanceof Error ? error.message : String(error)).split("\n")
    const reason = first.endsWith(":") ? `${first} ${second.trim()}` : first // a syntax error is on the second line
    throw new UnusableInput(`${file} cannot be loaded: ${reason.replace(/\.$/, "")}.`)
  }
}
