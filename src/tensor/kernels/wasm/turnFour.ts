/** Transposes four rows of four lanes into four columns. */
import type { Code, V128 } from "./assembler/Code.ts"

export type Four = readonly [V128, V128, V128, V128]

export const turnFour = ({ shuffle }: Code, [a, b, c, d]: Four): Four => {
  const low = [shuffle(a, b, [0, 4, 1, 5]), shuffle(c, d, [0, 4, 1, 5])] as const
  const high = [shuffle(a, b, [2, 6, 3, 7]), shuffle(c, d, [2, 6, 3, 7])] as const
  const [first, second] = [shuffle(...low, [0, 1, 4, 5]), shuffle(...low, [2, 3, 6, 7])]
  return [first, second, shuffle(...high, [0, 1, 4, 5]), shuffle(...high, [2, 3, 6, 7])]
}
