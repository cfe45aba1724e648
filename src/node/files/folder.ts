/**
 * The folders of manifests and downloaded libraries: one per user, shared by all projects on the machine.
 */
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"

// ---------------------------------------------------------- destructors

/** Returns `$XDG_CACHE_HOME/bijou`, or `bijou` in the system's cache folder. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string => {
  const given = env["XDG_CACHE_HOME"] ?? ""
  // The XDG specification says to ignore relative paths.
  if (isAbsolute(given)) return join(given, "bijou")
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "bijou")
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "bijou")
  return join(homedir(), ".cache", "bijou")
}

/** Returns the folder of the BLAS. It exists completely or not at all. */
export const nativeFolder = (): string => join(cacheFolder(), "native")

/** Returns the folder of TensorFlow and its binding. It exists completely or not at all. */
export const tensorflowFolder = (): string => join(cacheFolder(), "tensorflow")
