/** The gradient of a BDIA step in lanes. */
import { cotangentLoop } from "../cpu/cotangent.ts"
import { cotangent } from "../spec/cotangent.ts"
import { elementwise } from "./elementwise.ts"
import { inLanes } from "./Heap.ts"

export const bijouCotangent = inLanes(
  cotangent,
  cotangentLoop,
  elementwise(cotangent, {
    tensors: ["dx", "dn", "jx"],
    names: ["gamma"],
    numbers: ({ gamma }) => [gamma],
    outputs: 2,
    body: ({ add, constant, mul, sub }, { dx, dn, jx, gamma }) => [
      mul(dn, gamma),
      add(add(dx, mul(dn, sub(constant(1), gamma))), jx),
    ],
  }),
)
