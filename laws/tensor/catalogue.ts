/**
 * Every bijection and layer that the library exports, with the laws that it obeys and a generator of inputs.
 */
import { float32Material, numberMaterial } from "../engine/Material.ts"
import { combinators } from "./combinators.ts"
import type { Entry } from "./Entry.ts"
import { families } from "./families.ts"
import { isomorphisms } from "./isomorphisms.ts"
import { layers } from "./layers.ts"
import { networks } from "./networks.ts"
import { randomArchitectures } from "./randomArchitectures.ts"
import { tensorMaterial } from "./tensorMaterial.ts"
import { values } from "./values.ts"

/** The whole catalogue; it makes nothing on a device before a law runs. */
export const catalogue = (): ReadonlyArray<Entry> => [
  ...combinators(numberMaterial(9), false),
  ...combinators(float32Material(9, 4), false),
  ...combinators(tensorMaterial(9, [2, 3, 4]), true),
  ...families(numberMaterial(9), false),
  ...families(float32Material(9, 4), false),
  ...families(tensorMaterial(9, [2, 3, 4]), true),
  ...isomorphisms(),
  ...values(),
  ...layers(),
  ...networks(),
  ...randomArchitectures(),
]
