/** Every reader that is fuzzed. */
import type { Reader } from "../Reader.ts"
import { checkpoints } from "./checkpoints.ts"
import { parameters } from "./parameters.ts"
import { frames, sides } from "./sides.ts"
import { networks, options } from "./texts.ts"

export const readers: ReadonlyArray<Reader> = [frames, sides, parameters, checkpoints, networks, options]
