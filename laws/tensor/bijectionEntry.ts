/**
 * Catalogue entries for bijections on one kind of value.
 */
import type { LawSet } from "../engine/Law.ts"
import { lawsOf } from "../engine/lawsOf.ts"
import type { Subject } from "../engine/Subject.ts"
import type { Entry } from "./Entry.ts"

/**
 * `bijectionEntry(values, onDevice)(name, covers, subject, ...further)` makes an entry with all laws that apply to a
 * bijection, and further sets.
 */
export const bijectionEntry =
  (values: { readonly name: string }, onDevice: boolean) =>
  <P, A, B, S>(
    name: string,
    covers: ReadonlyArray<string>,
    subject: Omit<Subject<P, A, B, S>, "name">,
    ...further: ReadonlyArray<LawSet>
  ): Entry => {
    const title = `${name} on ${values.name}`
    return {
      name: title,
      covers,
      onDevice,
      cost: onDevice ? "device" : "host",
      set: async () => together(title, (await lawsOf({ ...subject, name: title })).set, ...further),
    }
  }

const together = (name: string, ...parents: ReadonlyArray<LawSet>): LawSet => ({
  name: `all of ${name}`,
  topic: "subject",
  parents,
  laws: [],
})
