/**
 * The names of arrays in files: the paths of parameters with dots, as PyTorch names them.
 */

/** The name of the parameter at a path: `blocks.0.w` for `blocks/0/w`. */
export const nameOf = (path: string): string => path.replaceAll("/", ".")
