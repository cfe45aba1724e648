/**
 * Every law holds for the catalogue on cpu. Every fourth case is tested, because host and wasm test all of them.
 */
import { checkCatalogue } from "./catalogue.ts"

await checkCatalogue("cpu", "", 4)
