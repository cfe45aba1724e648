/**
 * Gradients that are not finite are refused on TensorFlow with the op library.
 */
import { describe } from "vitest"
import { checkGradients } from "./refusedGradients.ts"
import { startTensorflow, whySkipped } from "../support/tensorflow.ts"

const started = await startTensorflow("library")

describe.skipIf(!started)(`A gradient on tensorflow${started ? "" : ` (${whySkipped})`}`, checkGradients)
