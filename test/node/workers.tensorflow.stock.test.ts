import { checkTensorflowWorkers } from "./tensorflowWorkers.ts"

checkTensorflowWorkers("stock")
