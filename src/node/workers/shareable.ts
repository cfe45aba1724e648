/**
 * The backends that workers can run on.
 */
import type { BackendName } from "../../tensor/backend.ts"

/** These backends compute on the calling thread, or allow several threads to compute concurrently. */
const shareable: ReadonlyArray<string> = ["wasm", "cpu", "tensorflow"] satisfies ReadonlyArray<BackendName>

/** Returns whether workers can share the work of this backend. */
export const isShareable = (backend: string): boolean => shareable.includes(backend)

/** Returns the reason why workers cannot, as a sentence. */
export const notShareable = (backend: string): string =>
  `Workers run on the CPU backends ${shareable.slice(0, -1).join(", ")} and ${shareable.at(-1)}; ${backend} distributes its work itself. Use it without workers.`
