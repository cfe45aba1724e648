import { checkTensorflowKernels } from "./tensorflowKernels.ts"

checkTensorflowKernels("library")
