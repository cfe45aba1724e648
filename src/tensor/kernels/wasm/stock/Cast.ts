/**
 * `Cast` that shares the buffer if the type does not change. The stock kernel copies, and tfjs's gradients cast often.
 *
 * A cast to bool is x != 0, as on the cpu backend. The stock kernel stores the lowest byte of the truncated number (0.5
 * becomes false, and 3 becomes 3).
 */
import { implement } from "../../implement.ts"
import { cast as contract } from "../../spec/stock.ts"
import { asWasm, fromWasm } from "../WasmBackend.ts"

export const cast = implement(contract, "wasm", asWasm, (backend, { x }, { dtype }) => {
  if (dtype === x.dtype) {
    backend.incRef(x.dataId)
    return { dataId: x.dataId, shape: x.shape, dtype }
  }
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool")
    throw new Error(`wasm can cast to float32, int32 and bool, but not to ${dtype}.`)
  const access = fromWasm(backend)
  const out = access.output(x.shape, dtype)
  access.touch(x)
  const values = access.view(x)
  const to = access.view(out)
  if (dtype === "bool") for (let i = 0; i < to.length; i++) to[i] = values[i] === 0 ? 0 : 1
  else to.set(values)
  return out
})
