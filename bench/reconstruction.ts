/**
 * `npm run bench:reconstruction`: what comes back from 6 to 96 blocks of every family, in float32 and on the grid.
 */
import { drifts, toTable } from "./drift.ts"

console.log(toTable(await drifts([6, 12, 24, 48, 96])))
