/**
 * Throws for allocations that do not fit on the heap of tfjs's wasm backend, which holds 4 GB at most.
 *
 * When its allocator fails, it returns 0, and tfjs writes to that address. Near the limit the allocator may also return
 * a block that is too small, because its comparison of address plus size overflows 2^32. Code inside the module
 * allocates as well, without any check, so a reserve is kept for it.
 */
import { OutOfMemory } from "../../errors/OutOfMemory.ts"
import type { WasmBackend } from "./WasmBackend.ts"

/** The upper limit of addresses. */
const LIMIT = 2 ** 32

/** The heap size above which the reserve is checked. */
const NEAR_LIMIT = 3.5 * 2 ** 30

/** The bytes that are reserved for code inside the module. */
const RESERVE = 64 * 2 ** 20

type Module = WasmBackend["wasm"]

const limited = new WeakSet<object>()

/**
 * Makes every allocation on the heap of a backend throw `OutOfMemory` if it does not fit. Calling it again has no
 * effect.
 */
export const limitHeap = ({ wasm }: WasmBackend): void => {
  if (limited.has(wasm)) return
  limited.add(wasm)
  // The first call of each function replaces its lookup stub by the function of the module.
  wasm._free(wasm._malloc(1))
  const { _malloc: stock } = wasm
  /** Returns the address of a complete block, or 0. */
  const allocate = (bytes: number): number => {
    // The allocator would take the size modulo 2^32.
    const place = bytes < LIMIT ? stock(bytes) >>> 0 : 0
    if (place + bytes <= wasm.HEAPU8.length) return place
    wasm._free(place)
    return 0
  }
  const malloc = (bytes: number): number => {
    const place = allocate(bytes)
    if (place === 0 && bytes > 0) throw full(wasm, bytes)
    if (wasm.HEAPU8.length < NEAR_LIMIT) return place
    const reserve = allocate(RESERVE)
    wasm._free(reserve)
    if (reserve !== 0) return place
    wasm._free(place)
    throw full(wasm, bytes)
  }
  Object.assign(wasm, { _malloc: malloc })
}

/** Throws `OutOfMemory` unless code inside the module can allocate that many bytes. */
export const ensureRoom = ({ wasm }: WasmBackend, bytes: number): void => {
  if (wasm.HEAPU8.length + bytes >= NEAR_LIMIT) wasm._free(wasm._malloc(bytes))
}

const full = ({ HEAPU8 }: Module, bytes: number): OutOfMemory =>
  new OutOfMemory({
    sentence: `The heap of the backend wasm cannot allocate another ${(bytes / 2 ** 20).toFixed(1)} MB: it has grown to ${(HEAPU8.length / 2 ** 30).toFixed(2)} GB, and its limit is 4 GB.`,
    bytes,
  })
