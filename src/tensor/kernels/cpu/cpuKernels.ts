/** All custom kernels and replacements of TensorFlow.js kernels on the backend cpu. */
import type { Implementation } from "../implement.ts"
import { cotangent } from "../spec/cotangent.ts"
import { differ } from "../spec/differ.ts"
import { inverse } from "../spec/inverse.ts"
import { pack } from "../spec/pack.ts"
import { shift } from "../spec/shift.ts"
import { unsortedSegmentSum } from "../spec/stock.ts"
import { unpack } from "../spec/unpack.ts"
import { update } from "../spec/update.ts"
import { cotangentLoop } from "./cotangent.ts"
import { differLoop } from "./differ.ts"
import { inverseLoop } from "./inverse.ts"
import { onCpu } from "./Loop.ts"
import { packLoop } from "./pack.ts"
import { shiftLoop } from "./shift.ts"
import { broadcastingProducts } from "./stock/broadcastingProducts.ts"
import { filterGradients } from "./stock/filterGradients.ts"
import { unsortedSegmentSumLoop } from "./stock/UnsortedSegmentSum.ts"
import { unpackLoop } from "./unpack.ts"
import { updateLoop } from "./update.ts"

export const cpuKernels: readonly Implementation[] = [
  onCpu(cotangent, cotangentLoop),
  onCpu(differ, differLoop),
  onCpu(inverse, inverseLoop),
  onCpu(pack, packLoop),
  onCpu(shift, shiftLoop),
  onCpu(unpack, unpackLoop),
  onCpu(unsortedSegmentSum, unsortedSegmentSumLoop),
  onCpu(update, updateLoop),
  ...broadcastingProducts,
  ...filterGradients,
]
