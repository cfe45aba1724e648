/**
 * The codec of `--backend`.
 */
import * as t from "io-ts"
import type { BackendName as Name } from "../tensor/backend.ts"

export const BackendName = t.keyof(
  { wasm: null, cpu: null, webgpu: null, tensorflow: null } satisfies Record<Name, null>,
  "wasm, cpu, webgpu or tensorflow",
)
