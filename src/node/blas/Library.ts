/**
 * The manifest of a BLAS library that was found or downloaded, as stored in `native.json`.
 */
import * as t from "io-ts"

// ---------------------------------------------------------------- model

/** `file` is an absolute path, a name for the system's loader, or a name next to the manifest. */
export const Library = t.readonly(
  t.strict({
    kind: t.keyof({ openblas: null, accelerate: null }),
    source: t.keyof({ system: null, pypi: null }),
    /** The version of the wheel, or null for a library of the system. */
    wheel: t.union([t.string, t.null]),
    /** The prefix of the library's function names. */
    prefix: t.string,
    file: t.string,
  }),
)

export type Library = t.TypeOf<typeof Library>
