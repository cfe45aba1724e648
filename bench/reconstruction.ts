/**
 * `npm run bench:reconstruction`: what 6 to 96 blocks of every family rebuild, in float32 and on the grid.
 */
import { reconstructionErrors, toTable } from "./reconstructionErrors.ts"

console.log(toTable(await reconstructionErrors([6, 12, 24, 48, 96])))
