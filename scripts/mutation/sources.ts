/**
 * The files that are mutated.
 */
import { readdirSync } from "node:fs"
import { join } from "node:path"

const folders = ["src/core", "src/exact", "src/block"]

/**
 * What finds plans within a budget, the one part of `train` that is mutated. `equalStages.ts` is left out: it answers
 * only what it has proved to be the optimum, and a mutant that answers less often is as right, only slower.
 */
export const planner: ReadonlyArray<string> = ["src/train/memory/Schedule.ts", "src/train/memory/fastestSchedule.ts"]

/** Paths from the root, sorted, of every source in the three folders and of the planner. */
export const sources = (root: string): ReadonlyArray<string> =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
    )
    .filter((path) => path.endsWith(".ts"))
    .concat(planner)
    .toSorted()
