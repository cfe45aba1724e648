/** `BijouGeluTanh` on TensorFlow; see the wasm kernel of this name. */
import { activating, geluTanh } from "./gelu.ts"

export const bijouGeluTanh = activating("BijouGeluTanh", geluTanh)
