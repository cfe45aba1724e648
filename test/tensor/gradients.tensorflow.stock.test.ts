/**
 * Gradients that are not finite are refused on TensorFlow without the op library.
 */
import { describe } from "vitest"
import { checkGradients } from "./refusedGradients.ts"
import { startTensorflow, whySkipped } from "../support/tensorflow.ts"

const started = await startTensorflow("stock")

describe.skipIf(!started)(`A gradient on tensorflow${started ? "" : ` (${whySkipped})`}`, checkGradients)
