/**
 * The subjects that a user's module exports.
 */
import { subjectFault, type AnySubject } from "../../../laws/engine/Subject.ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { loadModule } from "../../node/modules/loadModule.ts"

// ---------------------------------------------------------------- model

/** A subject and its place: `MODULE#export`. */
export interface Exported {
  readonly place: string
  readonly subject: AnySubject
}

// ---------------------------------------------------------- destructors

/**
 * The subject that `MODULE#export` names, or all subjects that MODULE exports. Throws `UnusableInput` for a missing
 * file or export, for a module that throws, and for an export that is not a subject.
 */
export const loadSubjects = async (target: string): Promise<ReadonlyArray<Exported>> => {
  const mark = target.lastIndexOf("#")
  const [file, wanted] = mark < 0 ? [target, null] : [target.slice(0, mark), target.slice(mark + 1)]
  const exports = await loadModule(file)
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
  return found.map((name) => ({ place: `${file}#${name}`, subject: exports[name] as AnySubject })) // no fault was found
}

/** Whether a value looks like a subject with a fault, which must not be skipped silently. */
const isMeant = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  ("inputs" in value || "bijection" in value) &&
  ["bijection", "residual", "layer"].some((name) => name in value)
