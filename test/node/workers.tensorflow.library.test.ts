import { checkTensorflowWorkers } from "./tensorflowWorkers.ts"

checkTensorflowWorkers("library")
