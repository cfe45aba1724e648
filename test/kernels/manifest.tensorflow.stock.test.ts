/** See laws.ts. */
import "./reference.ts"
import { describe } from "vitest"
import { startTensorflow, tensorflowIsHere, whySkipped } from "../support/tensorflow.ts"
import { setOpLibrary } from "../../src/tensor/kernels/tensorflow/opLibrary.ts"
import { casesOf } from "./cases.ts"
import { manifest } from "./laws.ts"

setOpLibrary(false)
describe.skipIf(!tensorflowIsHere)(tensorflowIsHere ? "with stock operations" : whySkipped, () =>
  manifest("tensorflow", casesOf("tensorflow"), () => startTensorflow("stock")),
)
