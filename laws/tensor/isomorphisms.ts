/**
 * Isomorphisms of tensors in the catalogue, and the networks that are made with them.
 */
import { function as F } from "fp-ts"
import fc from "fast-check"
import { Coupling } from "../../src/block/Coupling.ts"
import { andThen } from "../../src/core/andThen.ts"
import { dimap } from "../../src/core/dimap.ts"
import { named } from "../../src/core/named.ts"
import { Conv } from "../../src/residual/Conv.ts"
import { Hamiltonian } from "../../src/residual/Hamiltonian.ts"
import { halves, joined, spaceToDepth } from "../../src/tensor/rearrangements.ts"
import { tensorSpace } from "../../src/tensor/tensorSpace.ts"
import { gridTensor } from "./arbitraries.ts"
import { bijectionEntry } from "./bijectionEntry.ts"
import type { Entry } from "./Entry.ts"

/** Every isomorphism of tensors, and couplings between them. */
export const isomorphisms = (): ReadonlyArray<Entry> => {
  const space = tensorSpace(9)
  const bijection = bijectionEntry({ name: "tensors" }, true)
  const images = gridTensor(space, [2, 4, 2, 2])
  const sequence = gridTensor(space, [2, 3, 4])
  const back = Conv.make(3, 4, 4)
  const stage = F.pipe(
    F.pipe(spaceToDepth(2), andThen(halves(-1))),
    andThen(named("blocks")(Coupling.fromResiduals({ space, f: back, g: back }, 2))),
  )
  const hamiltonian = Coupling.fromResiduals(
    { space, f: Hamiltonian.make(2, 3, 0.5, 0.5), g: Hamiltonian.make(2, 3, -0.5, 0.5) },
    2,
  )
  return [
    bijection("halves of the channels", ["halves"], { inputs: images, bijection: halves(-1) }),
    bijection("halves of the rows", ["halves"], { inputs: images, bijection: halves(1) }),
    bijection("halves put together", ["joined"], { inputs: fc.tuple(sequence, sequence), bijection: joined(1) }),
    bijection("squares of pixels as channels", ["spaceToDepth"], { inputs: images, bijection: spaceToDepth(2) }),
    bijection("a stage of an i-RevNet", [], { inputs: images, bijection: stage }),
    bijection("a Hamiltonian network", [], {
      inputs: sequence,
      bijection: dimap(halves(-1), joined(-1))(hamiltonian),
    }),
  ]
}
