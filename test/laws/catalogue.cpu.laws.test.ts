/**
 * Every law holds for the catalogue on cpu; every fourth case is tried, since host and wasm try all of them.
 */
import { checkCatalogue } from "./catalogue.ts"

await checkCatalogue("cpu", "", 4)
