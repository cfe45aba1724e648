/**
 * What is fuzzed: a reader of untrusted bytes.
 */

// ---------------------------------------------------------------- model

/** How an input ended: with something read, which `release` frees, or with an error that the reader says it ends in. */
export type Outcome =
  { readonly _tag: "accepted"; readonly release: () => void } | { readonly _tag: "refused"; readonly message: string }

/** Whole bytes, and what reads them. */
export interface Target {
  readonly bytes: Uint8Array
  /** Throws, or rejects, for any error that is not declared. */
  readonly read: (bytes: Uint8Array) => Promise<Outcome>
  /**
   * The bytes with the JSON in them edited, and with the lengths that go with it; they have no JSON where this is left
   * out.
   */
  readonly edit?: (bytes: Uint8Array, edit: (json: string) => string) => Uint8Array
}

export interface Reader {
  readonly name: string
  /** Asked for once in a process; the backend is chosen then. */
  readonly targets: () => Promise<ReadonlyArray<Target>>
}

// ---------------------------------------------------------- destructors

/** What ended in a declared error. */
export const refused = (error: Error): Outcome => ({ _tag: "refused", message: error.message })

/** What was read, where the garbage collector frees it. */
export const accepted: Outcome = { _tag: "accepted", release: () => {} }
