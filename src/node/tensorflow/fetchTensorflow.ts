/**
 * Fetches TensorFlow: the libraries and headers of its wheel, without Python.
 */
import { readdir, symlink } from "node:fs/promises"
import { join, relative } from "node:path"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { execute } from "../programs/execute.ts"
import { pip } from "../programs/pip.ts"
import { places, type Device } from "./Tensorflow.ts"

// ---------------------------------------------------------------- model

/** The device and the version to fetch. */
export interface Wanted {
  readonly device: Device
  readonly version: string
}

/** The name of the wheel on PyPI; on ARM one wheel serves both devices. */
const distributionOf = (device: Device): string =>
  device === "cpu" && process.arch === "x64" ? "tensorflow-cpu" : "tensorflow"

// ----------------------------------------------------------- combinators

/** Downloads the wheel into `spare`. Throws `NativeUnavailable`. */
export const fetchTensorflow = async (
  python: string,
  { device, version }: Wanted,
  spare: string,
  signal: AbortSignal,
): Promise<void> => {
  const wanted = `${distributionOf(device)}==${version}`
  const only = ["download", "--no-deps", "--only-binary=:all:", "-d", spare, wanted]
  const failures: string[] = []
  // The libraries do not depend on the version of Python, so the wheel of another version works, too.
  for (const other of [
    [],
    ...pythons.map((one) => ["--implementation", "cp", "--python-version", one, ...platforms()]),
  ]) {
    const failure = await pip(python, [...only, ...other], signal).then(
      () => null,
      ({ message }: Error) => message,
    )
    if (failure === null) return
    failures.push(failure)
    if (!failure.startsWith("No matching distribution")) break
  }
  throw new NativeUnavailable(
    `TensorFlow ${version} cannot be fetched; pip says: ${failures[0]}. Connect to the network, free disk space or choose another --version, and try again.`,
  )
}

/** Unpacks the libraries and headers of the wheel in `spare` into `folder`. */
export const unpackTensorflow = async (
  python: string,
  spare: string,
  folder: string,
  signal: AbortSignal,
): Promise<void> => {
  await execute(python, ["-c", UNPACK, await wheelIn(spare), folder], { signal })
}

/** Fetches NVIDIA's libraries, pinned by the wheel's extra `and-cuda`, into the folder where TensorFlow loads them. */
export const fetchCuda = async (python: string, spare: string, folder: string, signal: AbortSignal): Promise<void> => {
  const wanted = await execute(python, ["-c", CUDA, await wheelIn(spare)], { signal })
  const packages = join(folder, "cuda")
  await pip(
    python,
    ["install", "--no-deps", "--only-binary=:all:", "--target", packages, ...wanted.trim().split("\n")],
    signal,
  ).catch(({ message }: Error) => {
    throw new NativeUnavailable(
      `NVIDIA's libraries cannot be fetched; pip says: ${message}. Connect to the network or free disk space, and try again.`,
    )
  })
  const libraries = join(folder, places.libraries)
  for (const file of await readdir(packages, { recursive: true }))
    if (/^nvidia\/.*\/lib\/[^/]+\.so[.\d]*$/.test(file))
      await symlink(relative(libraries, join(packages, file)), join(libraries, file.slice(file.lastIndexOf("/") + 1)))
}

const pythons = ["3.13", "3.12", "3.11", "3.10"]

const platforms = (): ReadonlyArray<string> => {
  const machine = process.arch === "x64" ? "x86_64" : "aarch64"
  return ["manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014"].flatMap((tag) => [
    "--platform",
    `${tag}_${machine}`,
  ])
}

const wheelIn = async (spare: string): Promise<string> => {
  const wheel = (await readdir(spare)).find((name) => name.endsWith(".whl"))
  if (wheel === undefined) throw new Error(`pip wrote no wheel to ${spare}`)
  return join(spare, wheel)
}

const UNPACK = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
libraries = ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2")
for name in wheel.namelist():
    if name in libraries or name.startswith("tensorflow/include/") or ".dist-info/licenses/" in name:
        wheel.extract(name, sys.argv[2])
`

/** Prints the requirements of the extra `and-cuda`, one per line. */
const CUDA = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
(metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
for line in wheel.read(metadata).decode().splitlines():
    name, _, marker = line.removeprefix("Requires-Dist: ").partition(";")
    if line.startswith("Requires-Dist: nvidia") and "and-cuda" in marker:
        print(name.replace("(", "").replace(")", "").replace(" ", ""))
`
