/**
 * `bijou/net` in Node: `save` and `load` find files by path.
 */
import { loadFrom, type Load } from "../../train/checkpoint/load.ts"
import { saveTo, type Save } from "../../train/checkpoint/save.ts"
import { nodeFiles } from "../files/nodeFiles.ts"

export * from "../../train/entry.ts"

/** `save` of `bijou/net`, with files. */
export const save: Save = saveTo(nodeFiles)

/** `load` of `bijou/net`, with files. */
export const load: Load = loadFrom(nodeFiles)
