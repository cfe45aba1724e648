/**
 * Every law holds for the catalogue on host; every second case of the preset is tried.
 */
import { checkCatalogue } from "./catalogue.ts"

await checkCatalogue("host", "", 2)
