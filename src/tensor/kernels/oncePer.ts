/** Caches what `make` returns for an object such as a backend, since a step runs a thousand kernels. */
export const oncePer = <A extends object, X>(make: (of: A) => X): ((of: A) => X) => {
  const kept = new WeakMap<A, X>()
  return (of) => {
    const known = kept.get(of)
    if (known !== undefined) return known
    const made = make(of)
    kept.set(of, made)
    return made
  }
}
