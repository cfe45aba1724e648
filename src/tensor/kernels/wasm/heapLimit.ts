/**
 * Refuses what has no room on the heap of tfjs's wasm backend, 4 GB at most.
 *
 * Its allocator answers 0 where there is no room, and tfjs writes to that place. Near the limit it may also answer a block that is too small: where
 * place and size add up to more than 2^32, its comparison begins again at 0. Code inside the module allocates too, and takes what comes: a
 * reserve is left for it.
 */
import { OutOfMemory } from "../../errors/OutOfMemory.ts"
import type { WasmBackend } from "./WasmBackend.ts"

/** No address is beyond it. */
const LIMIT = 2 ** 32

/** The size of the heap from which on the reserve is looked at. */
const NEAR_LIMIT = 3.5 * 2 ** 30

/** What is left to code inside the module. */
const RESERVE = 64 * 2 ** 20

type Module = WasmBackend["wasm"]

const limited = new WeakSet<object>()

/** Has every allocation on the heap of a backend throw `OutOfMemory` where there is no room; calling it again changes nothing. */
export const limitHeap = ({ wasm }: WasmBackend): void => {
  if (limited.has(wasm)) return
  limited.add(wasm)
  // The first call puts the function of the module in the place of the one that looks it up.
  wasm._free(wasm._malloc(1))
  const { _malloc: stock } = wasm
  /** A whole block, or 0. */
  const allocate = (bytes: number): number => {
    // The allocator would take the number modulo 2^32.
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

/** Throws `OutOfMemory` unless code inside the module can have so many bytes of its own. */
export const ensureRoom = ({ wasm }: WasmBackend, bytes: number): void => {
  if (wasm.HEAPU8.length + bytes >= NEAR_LIMIT) wasm._free(wasm._malloc(bytes))
}

const full = ({ HEAPU8 }: Module, bytes: number): OutOfMemory =>
  new OutOfMemory({
    sentence: `The heap of the backend wasm has no room for another ${(bytes / 2 ** 20).toFixed(1)} MB: it has grown to ${(HEAPU8.length / 2 ** 30).toFixed(2)} GB, and holds 4 GB at most.`,
    bytes,
  })
