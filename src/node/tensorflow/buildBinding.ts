/**
 * Builds the binding: the sources of tfjs-node, compiled against the fetched TensorFlow.
 */
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { execute, type Failure } from "../programs/execute.ts"
import { compile, linkedTo } from "./compile.ts"
import { errorsOnly, hush } from "./silence.ts"
import { places } from "./Tensorflow.ts"
import type { Toolchain } from "./Toolchain.ts"

/** The sources of tfjs-node, its run-time dependency, and the headers of Node-API. */
const packages = {
  "@tensorflow/tfjs-node": "4.22.0",
  "google-protobuf": "3.21.4",
  "node-api-headers": "1.9.0",
} as const

// ----------------------------------------------------------- combinators

/** Fetches these packages with npm, without the dependencies of their installation. Throws `NativeUnavailable`. */
export const fetchPackages = async (
  { python }: Toolchain,
  spare: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> => {
  const archives = join(spare, "packages")
  await mkdir(archives)
  const wanted = Object.entries(packages).map(([name, version]) => `${name}@${version}`)
  await execute("npm", ["pack", ...wanted, "--ignore-scripts", "--silent", "--pack-destination", archives], {
    signal,
  }).catch(({ stderr, message }: Failure) => {
    const [first = message] = (stderr ?? "")
      .split("\n")
      .filter((line) => /^npm (error|ERR!) /.test(line) && !/ code /.test(line))
    throw new NativeUnavailable(
      `The sources of TensorFlow's binding cannot be fetched; npm says: ${first.replace(/^npm \S+ |\.$/g, "")}. Connect to the network and try again.`,
    )
  })
  const found = await readdir(archives)
  for (const [name, version] of Object.entries(packages)) {
    const archive = found.find((file) => file === `${name.replace("@", "").replace("/", "-")}-${version}.tgz`)
    if (archive === undefined) throw new Error(`npm wrote no archive of ${name}`)
    const unpacked = join(archives, "unpacked")
    await execute(python, ["-m", "tarfile", "-e", join(archives, archive), unpacked], { signal })
    const place = join(folder, places.packages, name)
    await mkdir(dirname(place), { recursive: true })
    await rename(join(unpacked, "package"), place)
  }
  await oneTfjs(folder)
  await anyNode(folder)
}

/** Compiles the binding, and the addon that silences it while it loads. Throws `NativeUnavailable`. */
export const buildBinding = async (toolchain: Toolchain, folder: string, signal: AbortSignal): Promise<void> => {
  const sources = join(folder, places.packages, "@tensorflow", "tfjs-node", "binding")
  await writeFile(join(sources, "errorsOnly.cc"), errorsOnly)
  await writeFile(join(sources, "hush.cc"), hush)
  const files = ["tfjs_backend.cc", "tfjs_binding.cc", "errorsOnly.cc"].map((file) => join(sources, file))
  const flags = ["-O2", "-w", "-DNAPI_VERSION=8", `-I${dirname(sources)}`]
  const failure =
    (await compile(toolchain, folder, [...flags, ...files, ...linkedTo(folder)], places.binding, signal)) ??
    (await compile(toolchain, folder, [...flags, join(sources, "hush.cc")], places.hush, signal))
  if (failure !== null) throw new NativeUnavailable(`TensorFlow's binding cannot be built; ${failure}`)
}

/** Makes tfjs-node use the program's TensorFlow.js: a second copy would register everything twice. */
const oneTfjs = async (folder: string): Promise<void> => {
  for (const name of ["tfjs", "tfjs-core"]) {
    const place = join(folder, places.packages, "@tensorflow", name)
    await mkdir(place)
    await writeFile(join(place, "index.js"), 'module.exports = globalThis[Symbol.for("bijou/tfjs")]\n')
  }
}

/** Replaces `util.isNullOrUndefined`, which Node 23 removed, and `util.isArray`, which warns. */
const anyNode = async (folder: string): Promise<void> => {
  const place = join(folder, places.packages, "@tensorflow", "tfjs-node", "dist")
  for (const file of ["nodejs_kernel_backend.js", join("kernels", "TopK.js")]) {
    const text = await readFile(join(place, file), "utf8")
    const without = text.replace(
      'var util_1 = require("util");',
      "var util_1 = { isArray: Array.isArray, isNullOrUndefined: function (x) { return x == null; } };",
    )
    await writeFile(join(place, file), without)
  }
}
