/**
 * What composition infers, and what does not compile. Checked by `npm run check:types`; nothing here runs.
 */
import { function as F, type option as O } from "fp-ts"
import {
  andThen,
  Bdia,
  both,
  Coupling,
  chain,
  first,
  identity,
  invert,
  keep,
  named,
  numberSpace,
  repeat,
  serial,
  tied,
  TwoStep,
  type Bijection,
  type Env,
  type Layer,
  type Program,
  type RevError,
  type Two,
} from "bijou"
import type { BdiaSide } from "../../src/block/Bdia.ts"
import type { CouplingSide } from "../../src/block/Coupling.ts"
import type { Held, Kept } from "../../src/core/Held.ts"
import type { Recorded } from "../../src/core/Layer.ts"
import type { TwoStepSide } from "../../src/block/TwoStep.ts"

/** True only for types that are the same in every position. */
type Same<X, Y> = (<T>() => T extends X ? 1 : 2) extends <T>() => T extends Y ? 1 : 2 ? true : false
const same = <X, Y>(_verdict: Same<X, Y>): void => {}

interface W {
  readonly w: number
}
declare const layer: Layer<W, number, number>
declare const embed: Layer<{ readonly table: ReadonlyArray<number> }, string, number>
declare const head: Layer<{ readonly c: number }, Two<number>, number>
declare const onNumber: Bijection<W, number, number, null>
declare const onString: Bijection<{ readonly s: string }, string, string, null>
declare const many: Bijection<ReadonlyArray<W>, number, number, null>
declare const text: Parameters<typeof keep<string>>[0]
declare const pairs: Parameters<typeof keep<Two<number>>>[0]
const space = numberSpace(9)

// ---------------------------------------------------- what is inferred

const part = F.pipe(onNumber, named("first"))
same<typeof part, Bijection<{ readonly first: W }, number, number, null>>(true)

const couplings = Coupling.fromResiduals({ space, f: layer, g: layer }, 4)
same<
  typeof couplings,
  Bijection<ReadonlyArray<{ readonly f: W } & { readonly g: W }>, Two<number>, Two<number>, CouplingSide<W, W, number>>
>(true)

const quarters = TwoStep.fromResidual({ space, layer }, TwoStep.dyadic(space, 2), 4)
same<typeof quarters, Bijection<ReadonlyArray<W>, number, Two<number>, TwoStepSide<W, number, ReadonlyArray<0 | 1>>>>(
  true,
)

const beside = F.pipe(onNumber, both(onString))
same<
  typeof beside,
  Bijection<W & { readonly s: string }, readonly [number, string], readonly [number, string], readonly [null, null]>
>(true)

const blocks = Bdia.fromResidual({ space, layer }, 12)
same<typeof blocks, Bijection<ReadonlyArray<W>, number, Two<number>, BdiaSide<W, number, 0 | 1>>>(true)
same<
  BdiaSide<W, number, 0 | 1>,
  readonly [
    Held<null, number, Recorded<W, number, number>>,
    ReadonlyArray<Held<0 | 1, Two<number>, Recorded<W, number, number>>>,
  ]
>(true)

const network = F.pipe(
  keep(text)(embed),
  named("start"),
  andThen(named("blocks")(blocks)),
  andThen(named("head")(keep(pairs)(head))),
)
same<
  typeof network,
  Bijection<
    { readonly start: { readonly table: ReadonlyArray<number> } } & { readonly blocks: ReadonlyArray<W> } & {
      readonly head: { readonly c: number }
    },
    string,
    number,
    readonly [
      readonly [
        Kept<string, Recorded<{ readonly table: ReadonlyArray<number> }, string, number>>,
        BdiaSide<W, number, 0 | 1>,
      ],
      Kept<Two<number>, Recorded<{ readonly c: number }, Two<number>, number>>,
    ]
  >
>(true)

const repeated = F.pipe(onNumber, repeat(3))
same<typeof repeated, Bijection<ReadonlyArray<W>, number, number, ReadonlyArray<null>>>(true)

const chained = chain(onNumber, onNumber, 4)
same<typeof chained, Bijection<ReadonlyArray<W>, number, number, readonly [null, ReadonlyArray<null>]>>(true)

const carried = first<string>()(onNumber)
same<typeof carried, Bijection<W, readonly [number, string], readonly [number, string], null>>(true)

const inverted = invert(F.pipe(identity<number>(), andThen(onNumber)))
same<typeof inverted, O.Option<Bijection<{} & W, number, number, null>>>(true)

const layers = F.pipe(embed, serial(layer))
same<typeof layers, Layer<{ readonly table: ReadonlyArray<number> } & W, string, number>>(true)

const shared = F.pipe(
  onNumber,
  named("wte"),
  andThen(named("blocks")(many)),
  tied("wte")(F.pipe(onNumber, named("wte"), andThen(named("norm")(onNumber)))),
)
same<
  typeof shared,
  Bijection<
    { readonly wte: W } & { readonly blocks: ReadonlyArray<W> } & ({ readonly wte: W } & { readonly norm: W }),
    number,
    number,
    readonly [readonly [null, null], readonly [null, null]]
  >
>(true)

const program = network.infer("abc")
same<typeof program, Program<Parameters<typeof network.params.leaves>[0], number>>(true)
same<
  ReturnType<typeof program> extends { readonly _tag: "Left"; readonly left: infer L } | { readonly _tag: "Right" }
    ? L
    : never,
  RevError
>(true)

// A helper of this file must be able to fail.
same<1, number>(false)

// ------------------------------------------------- what does not compile

// @ts-expect-error -- both parts have a parameter called w
F.pipe(onNumber, both(onNumber))

// @ts-expect-error -- both parts have a parameter called w
F.pipe(onNumber, andThen(onNumber))

// @ts-expect-error -- both parts have a parameter called first
F.pipe(part, andThen(part))

// @ts-expect-error -- an array has no name: name the repeated part
F.pipe(onNumber, andThen(many))

// @ts-expect-error -- neither has the first
F.pipe(many, andThen(onNumber))

// @ts-expect-error -- a number does not go into a part for strings
F.pipe(onNumber, andThen(onString))

// @ts-expect-error -- a chain repeats what goes from a kind to the same kind
F.pipe(network, repeat(2))

// @ts-expect-error -- the parts of a chain have one kind of parameters
chain(onNumber, onString, 2)

// @ts-expect-error -- both layers have a parameter called w
F.pipe(layer, serial(layer))

// @ts-expect-error -- the first part has no parameter called wte
F.pipe(onNumber, tied("wte")(F.pipe(onNumber, named("wte"))))

// @ts-expect-error -- the second part has no parameter called wte
F.pipe(onNumber, named("wte"), tied("wte")(F.pipe(onNumber, named("other"))))

const otherType = F.pipe(onNumber, repeat(2), named("wte"))
// @ts-expect-error -- the shared parameter has two types
F.pipe(onNumber, named("wte"), tied("wte")(otherType))

const wteAndNorm = F.pipe(onNumber, named("wte"), andThen(named("norm")(onNumber)))
// @ts-expect-error -- norm is not shared, but both parts have it
F.pipe(wteAndNorm, tied("wte")(wteAndNorm))

// @ts-expect-error -- a residual goes from a kind to the same kind
Bdia.fromResidual({ space, layer: embed }, 2)

// @ts-expect-error -- an environment has the parameters of its own network
network.forward("abc")({} as Env<W>)
