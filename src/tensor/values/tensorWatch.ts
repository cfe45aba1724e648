/**
 * Evidence on the device: every claim becomes one number there, and settling reads all of them together.
 */
import { either as E } from "fp-ts"
import { Env, type EnvOptions } from "../../core/Env.ts"
import { GradientNotFinite } from "../../core/errors/GradientNotFinite.ts"
import { GridOverflow } from "../../core/errors/GridOverflow.ts"
import { Irreversible } from "../../core/errors/Irreversible.ts"
import { NotOnGrid } from "../../core/errors/NotOnGrid.ts"
import type { RevError } from "../../core/RevError.ts"
import type { Claim, Watch } from "../../core/Watch.ts"
import { dispatch } from "../kernels/dispatch.ts"
import { differ } from "../kernels/spec/differ.ts"
import { largest } from "./largest.ts"
import { tensorScope } from "./tensorScope.ts"
import { tf } from "../tf.ts"
import { isTensor, tensorsIn } from "./tree.ts"
import { isReadableNow } from "../webgpu.ts"

// --------------------------------------------------------- constructors

/** Makes a watch over tensors. `settle` waits for the device once, for any number of claims. */
export const tensorWatch = (): Watch & {
  /** Settles synchronously, on backends that can be read synchronously. */
  readonly settleNow: () => E.Either<RevError, void>
} => {
  let evidence: Array<{ readonly value: tf.Tensor; readonly judge: (value: number) => RevError | null }> = []
  const gather = (value: () => tf.Tensor, judge: (value: number) => RevError | null): void => {
    evidence.push({ value: tf.keep(tf.tidy(() => tf.cast(value(), "float32"))), judge })
  }
  const take = () => {
    const gathered = evidence
    evidence = []
    if (gathered.length === 0) return null
    const numbers = tf.stack(gathered.map(({ value }) => value))
    for (const { value } of gathered) value.dispose()
    const verdict = (values: ArrayLike<number>): E.Either<RevError, void> => {
      numbers.dispose()
      for (const [i, { judge }] of gathered.entries()) {
        const failure = judge(values[i] ?? NaN)
        if (failure !== null) return E.left(failure)
      }
      return E.right(undefined)
    }
    return { numbers, verdict }
  }
  return {
    expect: (claim) => {
      switch (claim._tag) {
        case "InRange": {
          const { place, fractionBits, rebuilt } = claim
          const limit = 2 ** (24 - fractionBits)
          return gather(
            () => largest(read(claim, claim.x)),
            (value) => {
              if (value < limit) return null
              return rebuilt ? new Irreversible(place) : new GridOverflow({ ...place, value, fractionBits })
            },
          )
        }
        case "OnGrid":
          return gather(
            () => difference(read(claim, claim.x), read(claim, claim.rounded)),
            (value) => (value === 0 ? null : new NotOnGrid({ ...claim.place, fractionBits: claim.fractionBits })),
          )
        case "Same":
          return gather(
            () => differing(claim, claim.rebuilt, claim.recorded),
            (value) => (value === 0 ? null : new Irreversible(claim.place)),
          )
        case "Finite": {
          const { parameter, place } = claim
          return gather(
            () => largest(read(claim, claim.x)),
            (value) => (Number.isFinite(value) ? null : new GradientNotFinite({ parameter, step: place.step, value })),
          )
        }
      }
    },
    settle: async () => {
      const taken = take()
      if (taken === null) return E.right(undefined)
      const values = await taken.numbers.data()
      return taken.verdict(values)
    },
    settleNow: () => {
      const taken = take()
      if (taken === null) return E.right(undefined)
      if (!isReadableNow()) {
        taken.numbers.dispose()
        throw new TypeError(
          "A tfjs function reads its evidence synchronously, but webgpu in Node has only asynchronous reads. Use run or trainStep, which are asynchronous, or the backend wasm.",
        )
      }
      return taken.verdict(taken.numbers.dataSync())
    },
  }
}

/** Makes the environment of a network on tensors. */
export const tensorEnv = <P>(options: EnvOptions<P>): Env<P> => Env.make(options, tensorScope, tensorWatch())

/**
 * Returns 0 if the tensors of two structures are the same. NaN equals NaN here, since a loss may be NaN in both
 * directions.
 */
const differing = (claim: Claim, rebuilt: unknown, recorded: unknown): tf.Tensor => {
  const [xs, ys] = [tensorsIn(rebuilt), tensorsIn(recorded)]
  if (xs.length !== ys.length) throw new TypeError(`${xs.length} tensors were rebuilt, but ${ys.length} were recorded.`)
  if (xs.length === 0) read(claim, rebuilt)
  return tf.addN(xs.map((x, i) => difference(x, read(claim, ys[i]))))
}

const difference = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => dispatch(differ, { x, y })

const read = ({ _tag, place }: Claim, value: unknown): tf.Tensor => {
  if (isTensor(value)) return value
  throw new TypeError(
    `The claim ${_tag} at ${place.path.join("/")} is not about a tensor. Use hostEnv for numbers and arrays.`,
  )
}
