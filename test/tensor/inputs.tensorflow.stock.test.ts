/** See inputs.ts. */
import { inputTests } from "./inputs.ts"
import { startTensorflow, tensorflowIsHere } from "../support/tensorflow.ts"

inputTests("tensorflow, by stock operations", () => startTensorflow("stock"), !tensorflowIsHere)
