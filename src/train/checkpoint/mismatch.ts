/**
 * Compares the arrays of a file with the parameters of a network.
 */
import { either as E, option as O } from "fp-ts"
import { ParameterMismatch } from "../../core/errors/ParameterMismatch.ts"
import type { Params } from "../../core/Params.ts"
import { quoted } from "../../core/quoted.ts"
import type { RevError } from "../../core/RevError.ts"
import { shapesOf } from "../../tensor/values/parameterSide.ts"
import { tf } from "../../tensor/tf.ts"
import { CheckpointDamaged } from "../errors/CheckpointDamaged.ts"
import { nameOf } from "./names.ts"
import type { ArrayShape } from "./Safetensors.ts"

// ---------------------------------------------------------- destructors

/**
 * Returns an error for the first array that the file or the network lacks or has in another shape, or null. Every
 * parameter must be there once under each prefix, of which the first is empty. Draws no parameter.
 */
export const mismatch = <P>(
  params: Params<P>,
  arrays: ReadonlyArray<ArrayShape>,
  prefixes: ReadonlyArray<string>,
): CheckpointDamaged | RevError | null => {
  // Compare the names first: the network may be larger than any memory, but the file is not.
  const given = new Map(arrays.map(({ name, shape }) => [name, shape]))
  const paths: string[] = []
  const stand = tf.scalar(0)
  const named = params.rebuild((path) => {
    paths.push(path)
    return given.has(nameOf(path)) ? O.some(stand) : O.none
  })
  stand.dispose()
  if (E.isLeft(named)) {
    const missing = nameOf(paths.at(-1) ?? "")
    return given.has(missing) ? named.left : new CheckpointDamaged(`${quoted(missing)} is missing`)
  }
  const wanted = new Set(prefixes.flatMap((prefix) => paths.map((path) => prefix + nameOf(path))))
  const surplus = arrays.find(({ name }) => !wanted.has(name))
  if (surplus !== undefined)
    return new ParameterMismatch(
      `The checkpoint has ${quoted(surplus.name)}, but the network does not. Use the network of that run.`,
    )
  for (const name of wanted) if (!given.has(name)) return new CheckpointDamaged(`${quoted(name)} is missing`)
  for (const [path, right] of shapesOf(params))
    for (const prefix of prefixes) {
      const shape = given.get(prefix + nameOf(path)) ?? []
      if (right.join() !== shape.join())
        return new ParameterMismatch(
          `${quoted(prefix + nameOf(path))} has shape ${listed(shape)} in the checkpoint, but ${listed(right)} in the network. Use the network of that run.`,
        )
    }
  return null
}

const listed = (shape: ReadonlyArray<number>): string => `[${shape.join(", ")}]`
