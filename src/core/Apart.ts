/**
 * The type-level rule that parts whose parameters are merged use different names.
 */

/**
 * `unknown` if P and Q can be merged. Otherwise a type that no part has; its only field is the sentence of the compile
 * error.
 */
export type Apart<P, Q> =
  P extends ReadonlyArray<unknown>
    ? { readonly "name the repeated part": P }
    : Q extends ReadonlyArray<unknown>
      ? { readonly "name the repeated part": Q }
      : keyof P & keyof Q extends never
        ? unknown
        : { readonly "both parts have a parameter called": keyof P & keyof Q }

/** `unknown` if P and Q share only the subtree called K and agree on its type. */
export type ApartBut<K extends string, P, Q> = K extends keyof P & keyof Q
  ? P[K] extends Q[K]
    ? Apart<Omit<P, K>, Omit<Q, K>>
    : { readonly "the shared parameter has two types": readonly [P[K], Q[K]] }
  : { readonly "both parts must have the shared parameter": K }
