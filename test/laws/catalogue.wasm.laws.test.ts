/**
 * Every law holds for the catalogue on wasm.
 */
import { checkCatalogue } from "./catalogue.ts"

await checkCatalogue("wasm")
