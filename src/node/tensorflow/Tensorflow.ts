/**
 * The manifest of the TensorFlow that is set up, stored as `tensorflow.json`.
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

/** `opLibrary` is a file next to the manifest, named after the digest of its sources; null if it was not built. */
export const Tensorflow = t.readonly(
  t.strict({
    device: Device,
    /** The version of TensorFlow. */
    version: t.string,
    opLibrary: t.union([t.string, t.null]),
    /** The processor for which the op library was built. */
    processor: t.string,
  }),
)

export type Tensorflow = t.TypeOf<typeof Tensorflow>

/** The files and folders of the TensorFlow that is set up. */
export const places = {
  manifest: "tensorflow.json",
  /** The binding of tfjs-node, a Node addon. */
  binding: "tfjs_binding.node",
  /** The addon that silences TensorFlow while it loads. */
  hush: "hush.node",
  /** TensorFlow's libraries and headers. */
  libraries: "tensorflow",
  packages: "node_modules",
} as const

// ----------------------------------------------------------- combinators

/** Writes the manifest atomically. */
export const writeManifest = (folder: string, tensorflow: Tensorflow): Promise<void> =>
  write(join(folder, places.manifest), `${JSON.stringify(Tensorflow.encode(tensorflow), null, 2)}\n`)

// ---------------------------------------------------------- destructors

/** The TensorFlow that is set up; null if there is none. Throws `NativeUnavailable` if its manifest is damaged. */
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

/** Returns the addons to load, the binding first. */
export const addonsOf = (folder: string, opLibrary: string | null): ReadonlyArray<string> =>
  [places.binding, ...(opLibrary === null ? [] : [opLibrary])].map((file) => join(folder, file))
