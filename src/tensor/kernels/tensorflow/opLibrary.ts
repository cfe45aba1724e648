/**
 * Whether TensorFlow has bijou's own operations, those of `native/ops.cc`, beside the ones that it comes with.
 */

/** Says that the operations are loaded into the TensorFlow of this process; before the first kernel runs, for the two ways have other bits. */
export const setOpLibrary = (loaded: boolean): void => {
  library = loaded
}

/** Whether they are. */
export const hasOpLibrary = (): boolean => library

let library = false
