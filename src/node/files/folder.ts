/**
 * Where manifests and fetched libraries are kept: one folder for each user, which every project on the machine shares.
 */
import { homedir } from "node:os"
import { isAbsolute, join } from "node:path"

// ---------------------------------------------------------- destructors

/** `$XDG_CACHE_HOME/bijou`, or `bijou` in the system's folder of caches. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string => {
  const given = env["XDG_CACHE_HOME"] ?? ""
  // The XDG specification has relative paths ignored.
  if (isAbsolute(given)) return join(given, "bijou")
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "bijou")
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "bijou")
  return join(homedir(), ".cache", "bijou")
}

/** The folder of a BLAS; it is there in full or not at all. */
export const nativeFolder = (): string => join(cacheFolder(), "native")

/** The folder of TensorFlow and its binding, which is there in full or not at all too. */
export const tensorflowFolder = (): string => join(cacheFolder(), "tensorflow")
