/** See inputs.ts. */
import { inputTests } from "./inputs.ts"
import { startTensorflow, tensorflowIsHere } from "./tensorflow.ts"

inputTests("tensorflow, by stock operations", () => startTensorflow("stock"), !tensorflowIsHere)
