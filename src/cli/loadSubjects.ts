/**
 * The subjects that a user's module exports.
 */
import { stat } from "node:fs/promises"
import { register } from "node:module"
import { resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { subjectFault, type AnySubject } from "../../laws/Subject.ts"
import { UnusableInput } from "../report/errors/UnusableInput.ts"
import { asModule } from "./asModule.ts"

// ---------------------------------------------------------------- model

/** A subject and where it stands: `MODULE#export`. */
export interface Exported {
  readonly place: string
  readonly subject: AnySubject
}

// ---------------------------------------------------------- destructors

/**
 * The subject that `MODULE#export` names, or all that MODULE exports. Throws `UnusableInput` where there is no such file
 * or export, where the module throws, or where an export is no subject.
 */
export const loadSubjects = async (target: string): Promise<ReadonlyArray<Exported>> => {
  const mark = target.lastIndexOf("#")
  const [file, wanted] = mark < 0 ? [target, null] : [target.slice(0, mark), target.slice(mark + 1)]
  const exports = await load(file)
  const names = Object.keys(exports)
  const list = names.length === 0 ? "nothing" : names.join(", ")
  if (wanted !== null) {
    if (!names.includes(wanted)) throw new UnusableInput(`${file} has no export called ${wanted}. It exports ${list}.`)
    const fault = subjectFault(exports[wanted])
    if (fault !== null) throw new UnusableInput(`The export ${wanted} of ${file} ${fault}.`)
    return [{ place: target, subject: exports[wanted] as AnySubject }] // no fault was found
  }
  const found = names.filter((name) => subjectFault(exports[name]) === null)
  const meant = names.find((name) => !found.includes(name) && isMeant(exports[name]))
  if (meant !== undefined) throw new UnusableInput(`The export ${meant} of ${file} ${subjectFault(exports[meant])}.`)
  if (found.length === 0)
    throw new UnusableInput(
      names.length === 1
        ? `The export ${list} of ${file} ${subjectFault(exports[list])}.`
        : `${file} exports no subject { bijection | residual | layer, inputs }. It exports ${list}.`,
    )
  return found.map((name) => ({ place: `${file}#${name}`, subject: exports[name] as AnySubject })) // likewise
}

/** Whether a value looks like a subject with a fault, which would be passed over in silence. */
const isMeant = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  ("inputs" in value || "bijection" in value) &&
  ["bijection", "residual", "layer"].some((name) => name in value)

const load = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const path = resolve(file)
  const kind = await stat(path).catch(() => null)
  if (kind === null)
    throw new UnusableInput(`There is no file ${file}. Give the path of a TypeScript or JavaScript module.`)
  if (!kind.isFile())
    throw new UnusableInput(`${file} is not a file. Give the path of a TypeScript or JavaScript module.`)
  if (!/\.[cm]?[jt]sx?$/.test(path))
    throw new UnusableInput(`${file} is no module. Its name should end in .ts or .js, or one of their kin.`)
  if (/\.[cm]?tsx?$/.test(path)) (await import("tsx/esm/api")).register()
  register(asModule)
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>> // a module's namespace
  } catch (error) {
    const [first = "", second = ""] = (error instanceof Error ? error.message : String(error)).split("\n")
    const reason = first.endsWith(":") ? `${first} ${second.trim()}` : first // a syntax error stands on the second line
    throw new UnusableInput(`${file} cannot be loaded: ${reason.replace(/\.$/, "")}.`)
  }
}
