/**
 * Every law holds for the catalogue on cpu.
 */
import { checkCatalogue } from "./catalogue.ts"

await checkCatalogue("cpu")
