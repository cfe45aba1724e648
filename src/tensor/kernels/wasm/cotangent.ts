/** `BijouCotangent` (see `typed/BijouCotangent.ts`). */
import { cotangent } from "../cpu/cotangent.ts"
import { elementwise } from "./fromLanes.ts"
import { fromBoth } from "./fromBoth.ts"

export const bijouCotangent = fromBoth(
  "BijouCotangent",
  cotangent,
  elementwise({
    tensors: ["dx", "dn", "jx"],
    numbers: ["gamma"],
    outputs: 2,
    body: ({ add, constant, mul, sub }, { dx, dn, jx, gamma }) => [
      mul(dn, gamma),
      add(add(dx, mul(dn, sub(constant(1), gamma))), jx),
    ],
  }),
)
