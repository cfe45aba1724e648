/**
 * The manifest of the BLAS library that is set up, stored as `native.json`.
 */
import * as t from "io-ts"

// ---------------------------------------------------------------- model

/** `file` is an absolute path, a name that the system's loader resolves, or a name in the folder of the manifest. */
export const Library = t.readonly(
  t.strict({
    kind: t.keyof({ openblas: null, accelerate: null }),
    source: t.keyof({ system: null, pypi: null }),
    /** The version of the wheel, or null for a library of the system. */
    wheel: t.union([t.string, t.null]),
    /** The prefix of the names of its functions. */
    prefix: t.string,
    file: t.string,
  }),
)

export type Library = t.TypeOf<typeof Library>
