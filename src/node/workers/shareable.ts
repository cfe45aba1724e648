/**
 * Which backends workers run on.
 */
import type { BackendName } from "../../tensor/backend.ts"

/** Those that compute on the thread that calls them, or that let threads compute at once. */
const shareable: ReadonlyArray<string> = ["wasm", "cpu", "tensorflow"] satisfies ReadonlyArray<BackendName>

/** Whether workers can share what runs on this backend. */
export const isShareable = (backend: string): boolean => shareable.includes(backend)

/** Why not, in a sentence. */
export const notShareable = (backend: string): string =>
  `Workers run on the backends ${shareable.slice(0, -1).join(", ")} and ${shareable.at(-1)}, on a CPU; ${backend} shares its work out by itself. Use it without workers.`
