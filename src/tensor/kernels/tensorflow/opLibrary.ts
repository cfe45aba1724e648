/**
 * Whether bijou's op library, `native/ops.cc`, is loaded into TensorFlow.
 */

/**
 * Records whether the op library is loaded into the TensorFlow of this process. Call this before the first kernel runs,
 * because the bits differ with and without the library.
 */
export const setOpLibrary = (loaded: boolean): void => {
  library = loaded
}

/** Returns whether the op library is loaded. */
export const hasOpLibrary = (): boolean => library

let library = false
