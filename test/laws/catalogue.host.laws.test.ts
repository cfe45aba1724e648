/**
 * Every law holds for the catalogue on host.
 */
import { checkCatalogue } from "./catalogue.ts"

await checkCatalogue("host")
