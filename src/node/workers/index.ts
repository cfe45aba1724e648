/**
 * Training with workers in Node: threads that share every batch, with the bits of one.
 */
export { startWorkers, type Workers, type WorkersMemory, type WorkersOptions } from "./startWorkers.ts"
