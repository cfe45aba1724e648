/**
 * `Identity` (clone) that shares the buffer, as `Reshape` and the cpu backend do. The stock kernel copies every
 * element.
 */
import { implement } from "../../implement.ts"
import { identity as contract } from "../../spec/stock.ts"
import { asWasm } from "../WasmBackend.ts"

export const identity = implement(contract, "wasm", asWasm, (backend, { x }) => {
  backend.incRef(x.dataId)
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
})
