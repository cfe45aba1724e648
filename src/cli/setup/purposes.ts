/**
 * What `bijou setup` offers, in one sentence each.
 */
export const purposes = {
  blas: "Find or fetch a BLAS, which makes the backend wasm fast",
  tensorflow: "Fetch and build the backend tensorflow (Linux)",
  webgpu: "Check that the backend webgpu works in Node",
} as const
