/**
 * The manifest of a TensorFlow that was set up, as `tensorflow.json` keeps it.
 */
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { either as E } from "fp-ts"
import * as t from "io-ts"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { tensorflowFolder } from "../files/folder.ts"
import { write } from "../files/outputFile.ts"
import { codeOf, unwritable } from "../files/replaceFolder.ts"

// ---------------------------------------------------------------- model

const Device = t.keyof({ cpu: null, gpu: null })

export type Device = t.TypeOf<typeof Device>

/** `opLibrary` is a file beside the manifest, with the digest of its sources in its name; null where it was not built. */
export const Tensorflow = t.readonly(
  t.strict({
    device: Device,
    /** The version of TensorFlow. */
    version: t.string,
    opLibrary: t.union([t.string, t.null]),
    /** The processor that the op library was built for. */
    processor: t.string,
  }),
)

export type Tensorflow = t.TypeOf<typeof Tensorflow>

/** Files and folders of what is set up. */
export const places = {
  manifest: "tensorflow.json",
  /** The binding of tfjs-node, an addon of Node. */
  binding: "tfjs_binding.node",
  /** Silences it while it is loaded. */
  hush: "hush.node",
  /** TensorFlow's libraries and headers. */
  libraries: "tensorflow",
  packages: "node_modules",
} as const

// ----------------------------------------------------------- combinators

/** Writes the manifest, in full or not at all. */
export const writeManifest = (folder: string, tensorflow: Tensorflow): Promise<void> =>
  write(join(folder, places.manifest), `${JSON.stringify(Tensorflow.encode(tensorflow), null, 2)}\n`)

// ---------------------------------------------------------- destructors

/** What is set up; null where nothing is. Throws `NativeUnavailable` where its manifest is damaged. */
export const installedTensorflow = async (): Promise<Tensorflow | null> => {
  const file = join(tensorflowFolder(), places.manifest)
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return null
    throw unwritable(error)
  })
  if (text === null) return null
  const decoded = E.tryCatch(() => Tensorflow.decode(JSON.parse(text)), String)
  if (E.isLeft(decoded) || E.isLeft(decoded.right))
    throw new NativeUnavailable(`${file} is damaged. Run: npx bijou setup tensorflow`)
  return decoded.right.right
}

/** The addons to load, the binding first. */
export const addonsOf = (folder: string, opLibrary: string | null): ReadonlyArray<string> =>
  [places.binding, ...(opLibrary === null ? [] : [opLibrary])].map((file) => join(folder, file))
