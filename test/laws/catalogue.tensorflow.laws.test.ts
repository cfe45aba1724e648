/**
 * Every law holds for the catalogue on the TensorFlow that `npx bijou setup tensorflow` has set up.
 */
import { describe, it } from "vitest"
import { checkCatalogue } from "./catalogue.ts"
import { installedTensorflow, whySkipped } from "../support/tensorflow.ts"

const name = await installedTensorflow()

if (name === null) describe.skip(`the catalogue on tensorflow (${whySkipped})`, () => it("holds", () => {}))
else await checkCatalogue("tensorflow", `, ${name}`, 10)
