/**
 * Isomorphisms of tensors in the catalogue, and networks that use them.
 */
import { function as F } from "fp-ts"
import fc from "fast-check"
import { Coupling } from "../../src/block/Coupling.ts"
import { haar } from "../../src/block/haar.ts"
import { andThen } from "../../src/core/andThen.ts"
import { both } from "../../src/core/both.ts"
import { dimap } from "../../src/core/dimap.ts"
import { Key } from "../../src/core/Key.ts"
import { named } from "../../src/core/named.ts"
import { permutation } from "../../src/exact/draws.ts"
import { mixing } from "../../src/net/mixing.ts"
import { Conv } from "../../src/residual/Conv.ts"
import { Hamiltonian } from "../../src/residual/Hamiltonian.ts"
import { evenOdd, halves, interleaved, joined, permuted, spaceToDepth } from "../../src/tensor/ops/rearrangements.ts"
import { tensorSpace } from "../../src/tensor/values/tensorSpace.ts"
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
  const rows = F.pipe(evenOdd(1), andThen(haar(space)))
  const columns = F.pipe(evenOdd(2), andThen(haar(space)))
  const wavelet = F.pipe(rows, andThen(F.pipe(columns, both(columns))))
  return [
    bijection("halves of the channels", ["halves"], { inputs: images, bijection: halves(-1) }),
    bijection("halves of the rows", ["halves"], { inputs: images, bijection: halves(1) }),
    bijection("halves put together", ["joined"], { inputs: fc.tuple(sequence, sequence), bijection: joined(1) }),
    bijection("even and odd columns", ["evenOdd"], { inputs: images, bijection: evenOdd(2) }),
    bijection("even and odd channels", ["evenOdd"], { inputs: images, bijection: evenOdd(-1) }),
    bijection("places put together", ["interleaved"], {
      inputs: fc.tuple(sequence, sequence),
      bijection: interleaved(1),
    }),
    bijection("an axis in another order", ["permuted"], {
      inputs: sequence,
      bijection: permuted(-1, permutation(Key.fromSeed(3), 4)),
    }),
    bijection("mixed channels", ["mixing"], {
      inputs: sequence,
      bijection: mixing(space, 4, Key.fromSeed(3), 0.5),
    }),
    bijection("a wavelet of rows and columns", [], { inputs: images, bijection: wavelet }),
    bijection("squares of pixels as channels", ["spaceToDepth"], { inputs: images, bijection: spaceToDepth(2) }),
    bijection("a stage of an i-RevNet", [], { inputs: images, bijection: stage }),
    bijection("a Hamiltonian network", [], {
      inputs: sequence,
      bijection: dimap(halves(-1), joined(-1))(hamiltonian),
    }),
  ]
}
