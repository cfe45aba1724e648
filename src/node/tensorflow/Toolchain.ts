/**
 * The programs that build TensorFlow's binding.
 */
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { execute } from "../programs/execute.ts"
import { findPip } from "../programs/pip.ts"

// ---------------------------------------------------------------- model

export interface Toolchain {
  /** A Python with pip. */
  readonly python: string
  readonly compiler: string
}

// --------------------------------------------------------- constructors

/** Finds all programs before anything is fetched. Throws `NativeUnavailable` for the first that is missing. */
export const findToolchain = async (): Promise<Toolchain> => {
  const python = await findPip()
  if (python === null)
    throw new NativeUnavailable(
      "TensorFlow is fetched with pip, but Python with pip is not installed. Install it (Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip) and try again.",
    )
  if (!(await answers("npm")))
    throw new NativeUnavailable(
      "TensorFlow's binding for Node is fetched with npm, which is not on the PATH. Install npm and try again.",
    )
  const named = process.env["CXX"] ?? ""
  for (const compiler of named === "" ? ["g++", "c++", "clang++"] : [named])
    if (await answers(compiler)) return { python, compiler }
  throw new NativeUnavailable(
    `TensorFlow's binding for Node is built with a C++ compiler, but ${named === "" ? "none is installed" : `CXX=${named} does not run`}. Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++) and try again.`,
  )
}

const answers = (program: string): Promise<boolean> =>
  execute(program, ["--version"]).then(
    () => true,
    () => false,
  )
