/**
 * Training with workers in Node: threads that share every batch and compute the same bits as one thread.
 */
export { startWorkers, type Workers } from "./startWorkers.ts"
