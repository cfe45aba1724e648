/** GFLOP/s of a step's matrix products, and as a share of what the backend's own large product reaches. */
export interface Speed {
  readonly gflops: number
  readonly ofPeak: number
}

export const speedOf = (operations: number, ms: number, peak: number): Speed => ({
  gflops: operations / ms / 1e6,
  ofPeak: operations / ms / 1e6 / peak,
})
