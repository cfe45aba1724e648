/**
 * Networks: define them from layers, train, evaluate, save and load them; and the layers to make them of.
 */
import { noFiles } from "./checkpoint/Files.ts"
import { loadFrom, type Load } from "./checkpoint/load.ts"
import { saveTo, type Save } from "./checkpoint/save.ts"

export * from "./entry.ts"

/**
 * Saves a trained network as a safetensors file with names such as `blocks.0.w`: at a path or `file:` URL in Node, or
 * to a `WritableStream`. Without a place it resolves to the bytes. Rejects with `RangeError` where the place cannot be
 * written to.
 */
export const save: Save = saveTo(noFiles)

/**
 * Loads a trained network from a path in Node, bytes, a `File` or a URL: what `save` wrote, or any safetensors file
 * with the parameters' names and shapes, such as one from PyTorch. Without a network it loads one that its file
 * defines, as those of `bijou start --save` do.
 *
 * Rejects with `CheckpointDamaged` for a file that is not whole, `ParameterMismatch` for one of another network, and
 * `RangeError` where there is none.
 */
export const load: Load = loadFrom(noFiles)
