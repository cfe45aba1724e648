/**
 * The programs that are needed to set up TensorFlow.
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

/** Finds them all before anything is downloaded. Throws `NativeUnavailable` for the first that is missing. */
export const findToolchain = async (): Promise<Toolchain> => {
  const python = await findPip()
  if (python === null)
    throw new NativeUnavailable(
      "TensorFlow is fetched by pip, and there is no Python with pip here. Install it (Debian, Ubuntu: apt install python3-pip; Fedora: dnf install python3-pip) and run it again.",
    )
  if (!(await answers("npm")))
    throw new NativeUnavailable(
      "The sources of TensorFlow's binding for Node are fetched by npm, which is not on the PATH. Install npm and run it again.",
    )
  const named = process.env["CXX"] ?? ""
  for (const compiler of named === "" ? ["g++", "c++", "clang++"] : [named])
    if (await answers(compiler)) return { python, compiler }
  throw new NativeUnavailable(
    `TensorFlow's binding for Node is built by a C++ compiler, and ${named === "" ? "there is none here" : `CXX=${named} does not run`}. Install one (Debian, Ubuntu: apt install g++; Fedora: dnf install gcc-c++) and run it again.`,
  )
}

const answers = (program: string): Promise<boolean> =>
  execute(program, ["--version"]).then(
    () => true,
    () => false,
  )
