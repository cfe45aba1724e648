/** All custom kernels and replacements of TensorFlow.js kernels on the backend wasm. */
import { unsortedSegmentSumLoop } from "../cpu/stock/UnsortedSegmentSum.ts"
import { fallback } from "../fallbacks.ts"
import type { Implementation } from "../implement.ts"
import { unsortedSegmentSum } from "../spec/stock.ts"
import { bijouAdamW } from "./adamW.ts"
import { bijouAddBias, bijouBiasGrad } from "./addBias.ts"
import { bijouAddTo } from "./addTo.ts"
import { bijouAttention, bijouAttentionGrad } from "./attention.ts"
import { bijouCotangent } from "./cotangent.ts"
import { bijouCrossEntropy, bijouCrossEntropyGrad } from "./crossEntropy.ts"
import { bijouDiffer } from "./differ.ts"
import { bijouDrift, bijouQuantize, bijouTimes } from "./drift.ts"
import { bijouDropout } from "./dropout.ts"
import { bijouBiasGelu, bijouBiasGeluGrad, bijouGelu, bijouGeluGrad } from "./gelu.ts"
import { byLoop } from "./Heap.ts"
import { bijouInverse } from "./inverse.ts"
import { bijouLargest } from "./largest.ts"
import { bijouLayerNorm, bijouLayerNormGrad } from "./layerNorm.ts"
import { bijouMultiply, bijouWeightGrad } from "./multiply.ts"
import { bijouPack } from "./pack.ts"
import { bijouShift } from "./shift.ts"
import { add } from "./stock/Add.ts"
import { batchMatMul } from "./stock/BatchMatMul.ts"
import { cast } from "./stock/Cast.ts"
import { conv2D } from "./stock/Conv2D.ts"
import { conv2DBackpropFilter } from "./stock/Conv2DBackpropFilter.ts"
import { conv2DBackpropInput } from "./stock/Conv2DBackpropInput.ts"
import { depthwiseConv2dNative } from "./stock/DepthwiseConv2dNative.ts"
import { depthwiseConv2dNativeBackpropFilter } from "./stock/DepthwiseConv2dNativeBackpropFilter.ts"
import { depthwiseConv2dNativeBackpropInput } from "./stock/DepthwiseConv2dNativeBackpropInput.ts"
import { elementTypes } from "./stock/elementTypes.ts"
import { borrowedKernels } from "./stock/fromCpu.ts"
import { fusedMatMul } from "./stock/FusedMatMul.ts"
import { gatherV2 } from "./stock/GatherV2.ts"
import { identity } from "./stock/Identity.ts"
import { slice } from "./stock/Slice.ts"
import { splitV } from "./stock/SplitV.ts"
import { sum } from "./stock/Sum.ts"
import { tile } from "./stock/Tile.ts"
import { transposeKernel } from "./stock/Transpose.ts"
import { unpackKernel } from "./stock/Unpack.ts"
import { windows } from "./stock/windows.ts"
import { bijouUnpack } from "./unpack.ts"
import { bijouUpdate } from "./update.ts"

export const wasmKernels: readonly Implementation[] = [
  ...bijouAdamW,
  ...bijouAddBias,
  ...bijouAddTo,
  ...bijouAttention,
  ...bijouAttentionGrad,
  ...bijouBiasGelu,
  ...bijouBiasGeluGrad,
  ...bijouBiasGrad,
  ...bijouCotangent,
  ...bijouCrossEntropy,
  ...bijouCrossEntropyGrad,
  ...bijouDiffer,
  ...bijouDrift,
  ...bijouDropout,
  ...bijouGelu,
  ...bijouGeluGrad,
  ...bijouInverse,
  ...bijouLargest,
  ...bijouLayerNorm,
  ...bijouLayerNormGrad,
  bijouMultiply,
  ...bijouPack,
  ...bijouQuantize,
  ...bijouShift,
  ...bijouTimes,
  ...bijouUnpack,
  ...bijouUpdate,
  ...bijouWeightGrad,
  ...add,
  batchMatMul,
  ...borrowedKernels,
  cast,
  ...conv2D,
  ...conv2DBackpropFilter,
  ...conv2DBackpropInput,
  ...depthwiseConv2dNative,
  ...depthwiseConv2dNativeBackpropFilter,
  ...depthwiseConv2dNativeBackpropInput,
  ...elementTypes,
  fusedMatMul,
  gatherV2,
  identity,
  slice,
  splitV,
  sum,
  tile,
  transposeKernel,
  unpackKernel,
  fallback(byLoop(unsortedSegmentSum, unsortedSegmentSumLoop)),
  ...windows,
]
