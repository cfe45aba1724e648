/**
 * A watch over values that JavaScript reads synchronously: numbers and Float32Arrays.
 */
import { either as E } from "fp-ts"
import { Env, type EnvOptions } from "../core/Env.ts"
import { GradientNotFinite } from "../core/errors/GradientNotFinite.ts"
import { GridOverflow } from "../core/errors/GridOverflow.ts"
import { Irreversible } from "../core/errors/Irreversible.ts"
import { NotOnGrid } from "../core/errors/NotOnGrid.ts"
import type { RevError } from "../core/RevError.ts"
import { hostScope } from "../core/Scope.ts"
import { Tree } from "../core/Tree.ts"
import type { Claim, Watch } from "../core/Watch.ts"
import { float32Bits, numberBits } from "./bits.ts"

// --------------------------------------------------------- constructors

/** A watch that checks each claim immediately, and reports the first that failed when it is settled. */
export const hostWatch = (): Watch => {
  let failure: RevError | null = null
  return {
    expect: (claim) => {
      failure ??= judge(claim)
    },
    settle: async () => {
      const settled = failure === null ? E.right(undefined) : E.left(failure)
      failure = null
      return settled
    },
  }
}

/** The environment of a network on numbers or Float32Arrays. */
export const hostEnv = <P>(options: EnvOptions<P>): Env<P> => Env.make(options, hostScope, hostWatch())

const judge = (claim: Claim): RevError | null => {
  switch (claim._tag) {
    case "InRange": {
      const value = largest(claim.x)
      if (value < 2 ** (24 - claim.fractionBits)) return null
      return claim.rebuilt
        ? new Irreversible(claim.place)
        : new GridOverflow({ ...claim.place, value, fractionBits: claim.fractionBits })
    }
    case "OnGrid":
      return sameBits(claim.x, claim.rounded)
        ? null
        : new NotOnGrid({ ...claim.place, fractionBits: claim.fractionBits })
    case "Same":
      return sameBits(claim.rebuilt, claim.recorded) ? null : new Irreversible(claim.place)
    case "Finite": {
      const { parameter, place, x } = claim
      const value = largest(x)
      return Number.isFinite(value) ? null : new GradientNotFinite({ parameter, step: place.step, value })
    }
  }
}

const largest = (x: unknown): number => {
  if (typeof x === "number") return Math.abs(x)
  if (!(x instanceof Float32Array)) throw unreadable(x)
  let most = 0
  for (const a of x) {
    if (Number.isNaN(a)) return a
    most = Math.max(most, Math.abs(a))
  }
  return most
}

/** Says whether two values have the same bits; arrays are compared element by element. */
const sameBits = (x: unknown, y: unknown): boolean => {
  const found = Tree.difference(x, y, isNoArray, sameNumbers)
  if (found !== null && Array.isArray(found.x) !== Array.isArray(found.y)) throw unreadable(x)
  return found === null
}

const isNoArray = (value: unknown): value is unknown => !Array.isArray(value)

const sameNumbers = (x: unknown, y: unknown): boolean => {
  if (typeof x === "number" && typeof y === "number") return numberBits.equals(x, y)
  if (x instanceof Float32Array && y instanceof Float32Array) return float32Bits.equals(x, y)
  throw unreadable(x)
}

const unreadable = (x: unknown): TypeError =>
  new TypeError(
    `A host watch reads numbers and Float32Arrays, not ${Object.prototype.toString.call(x)}. Use tensorEnv for tensors.`,
  )
