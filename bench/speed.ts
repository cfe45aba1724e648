/** GFLOP/s of a step's matrix products, and as a share of what the backend's own large product reaches. */
export const speedOf = (operations, ms, peak) => ({
  gflops: operations / ms / 1e6,
  ofPeak: operations / ms / 1e6 / peak,
})
