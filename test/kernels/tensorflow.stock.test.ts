import { checkTensorflowKernels } from "./tensorflowKernels.ts"

checkTensorflowKernels("stock")
