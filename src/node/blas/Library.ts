/**
 * The manifest of a BLAS library that was found or fetched, as `native.json` keeps it.
 */
import * as t from "io-ts"

// ---------------------------------------------------------------- model

/** `file` is an absolute path, a name that the system's loader knows, or a name beside the manifest. */
export const Library = t.readonly(
  t.strict({
    kind: t.keyof({ openblas: null, accelerate: null }),
    source: t.keyof({ system: null, pypi: null }),
    /** The version of the wheel; null for a library of the system. */
    wheel: t.union([t.string, t.null]),
    /** What the library writes before the names of its functions. */
    prefix: t.string,
    file: t.string,
  }),
)

export type Library = t.TypeOf<typeof Library>
