/**
 * The address of a part of a network, such as `blocks/7`.
 */

// ---------------------------------------------------------------- model

/** Names from the outermost part to the innermost; the whole network has the empty path. */
export type Path = ReadonlyArray<string>

// ---------------------------------------------------------- destructors

/** Formats `["blocks", "7"]` as `blocks/7`, and the empty path as `the network`. */
export const showPath = (path: Path): string => (path.length === 0 ? "the network" : path.join("/"))
