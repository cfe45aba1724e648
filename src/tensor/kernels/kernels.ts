/** The kernels of our own, as data, and the one function that registers them. */
import { tf } from "../tf.ts"
import { broadcastingProducts } from "./cpu/stock/broadcastingProducts.ts"
import { isFallback } from "./fallbacks.ts"
import { guard } from "./guard.ts"
import { add } from "./wasm/stock/Add.ts"
import { bijouAdamW } from "./wasm/adamW.ts"
import { bijouAddBias } from "./wasm/addBias.ts"
import { bijouAddTo } from "./wasm/addTo.ts"
import { bijouAttention } from "./simd/BijouAttention.ts"
import { bijouAttentionGrad } from "./simd/BijouAttentionGrad.ts"
import { bijouBiasGelu } from "./simd/BijouBiasGelu.ts"
import { bijouBiasGeluGrad } from "./simd/BijouBiasGeluGrad.ts"
import { bijouBiasGeluTanh } from "./simd/BijouBiasGeluTanh.ts"
import { bijouBiasGeluTanhGrad } from "./simd/BijouBiasGeluTanhGrad.ts"
import { bijouBiasGrad } from "./wasm/biasGrad.ts"
import { bijouCotangent } from "./wasm/cotangent.ts"
import { bijouCrossEntropy } from "./wasm/crossEntropy.ts"
import { bijouCrossEntropyGrad } from "./wasm/crossEntropyGrad.ts"
import { bijouDiffer } from "./wasm/differ.ts"
import { bijouDrift } from "./wasm/drift.ts"
import { bijouDropout } from "./wasm/dropout.ts"
import { bijouGelu } from "./wasm/gelu.ts"
import { bijouGeluGrad } from "./wasm/geluGrad.ts"
import { bijouGeluTanh } from "./simd/BijouGeluTanh.ts"
import { bijouGeluTanhGrad } from "./simd/BijouGeluTanhGrad.ts"
import { bijouInverse } from "./wasm/inverse.ts"
import { bijouLargest } from "./wasm/largest.ts"
import { bijouLayerNorm } from "./wasm/layerNorm.ts"
import { bijouLayerNormGrad } from "./wasm/layerNormGrad.ts"
import { bijouMaskedAttention } from "./simd/BijouMaskedAttention.ts"
import { bijouMaskedAttentionGrad } from "./simd/BijouMaskedAttentionGrad.ts"
import { bijouPack } from "./wasm/pack.ts"
import { bijouQuantize } from "./wasm/quantize.ts"
import { bijouShift } from "./wasm/shift.ts"
import { bijouTimes } from "./wasm/times.ts"
import { bijouUnpack } from "./wasm/unpack.ts"
import { bijouUpdate } from "./wasm/update.ts"
import { bijouWeightGrad } from "./wasm/weightGrad.ts"
import { conv2D } from "./wasm/stock/Conv2D.ts"
import { conv2DBackpropFilter } from "./wasm/stock/Conv2DBackpropFilter.ts"
import { conv2DBackpropInput } from "./wasm/stock/Conv2DBackpropInput.ts"
import { depthwiseConv2dNative } from "./wasm/stock/DepthwiseConv2dNative.ts"
import { depthwiseConv2dNativeBackpropFilter } from "./wasm/stock/DepthwiseConv2dNativeBackpropFilter.ts"
import { depthwiseConv2dNativeBackpropInput } from "./wasm/stock/DepthwiseConv2dNativeBackpropInput.ts"
import { elementwise } from "./tensorflow/stock/elementwise.ts"
import { hasOpLibrary } from "./tensorflow/opLibrary.ts"
import { tensorflowKernels } from "./tensorflow/tensorflowKernels.ts"
import { filterGradients } from "./cpu/stock/filterGradients.ts"
import { unsortedSegmentSum } from "./cpu/stock/UnsortedSegmentSum.ts"
import { batchMatMul } from "./wasm/stock/BatchMatMul.ts"
import { bijouMultiply } from "./wasm/multiply.ts"
import { cast } from "./wasm/stock/Cast.ts"
import { elementTypes } from "./wasm/stock/elementTypes.ts"
import { borrowedKernels } from "./wasm/stock/fromCpu.ts"
import { fusedMatMul } from "./wasm/stock/FusedMatMul.ts"
import { gatherV2 } from "./wasm/stock/GatherV2.ts"
import { identity } from "./wasm/stock/Identity.ts"
import { slice } from "./wasm/stock/Slice.ts"
import { splitV } from "./wasm/stock/SplitV.ts"
import { sum } from "./wasm/stock/Sum.ts"
import { tile } from "./wasm/stock/Tile.ts"
import { transposeKernel } from "./wasm/stock/Transpose.ts"
import { unpackKernel } from "./wasm/stock/Unpack.ts"
import { windows } from "./wasm/stock/windows.ts"
import { webgpuKernels } from "./webgpu/webgpuKernels.ts"

const KERNELS: readonly tf.KernelConfig[] = [
  ...add,
  ...bijouAdamW,
  ...bijouAddBias,
  ...bijouAddTo,
  ...bijouAttention,
  ...bijouAttentionGrad,
  ...bijouBiasGelu,
  ...bijouBiasGeluGrad,
  ...bijouBiasGeluTanh,
  ...bijouBiasGeluTanhGrad,
  ...bijouBiasGrad,
  ...bijouCotangent,
  ...bijouCrossEntropy,
  ...bijouCrossEntropyGrad,
  ...bijouDiffer,
  ...bijouDrift,
  ...bijouDropout,
  ...bijouGelu,
  ...bijouGeluGrad,
  ...bijouGeluTanh,
  ...bijouGeluTanhGrad,
  ...bijouInverse,
  ...bijouLargest,
  ...bijouLayerNorm,
  ...bijouLayerNormGrad,
  ...bijouMaskedAttention,
  ...bijouMaskedAttentionGrad,
  ...bijouPack,
  ...bijouQuantize,
  ...bijouShift,
  ...bijouTimes,
  ...bijouUnpack,
  ...bijouUpdate,
  ...bijouWeightGrad,
  ...broadcastingProducts,
  ...conv2D,
  ...conv2DBackpropFilter,
  ...conv2DBackpropInput,
  ...depthwiseConv2dNative,
  ...depthwiseConv2dNativeBackpropFilter,
  ...depthwiseConv2dNativeBackpropInput,
  ...filterGradients,
  ...unsortedSegmentSum,
  ...borrowedKernels,
  ...elementTypes,
  ...elementwise,
  ...webgpuKernels,
  ...windows,
  batchMatMul,
  bijouMultiply,
  cast,
  fusedMatMul,
  gatherV2,
  identity,
  slice,
  splitV,
  sum,
  tile,
  transposeKernel,
  unpackKernel,
]

/** The names of the kernels of our own on a backend: those that tfjs lacks, and those that replace its own. */
export const ownKernels = (backendName: string): readonly string[] =>
  kernelsOf(backendName).map(({ kernelName }) => kernelName)

/** The kernels that a backend answers in plain JavaScript. None are listed for cpu, which is plain JavaScript throughout. */
export const fallbacksOf = (backendName: string): readonly string[] =>
  kernelsOf(backendName)
    .filter(isFallback)
    .map(({ kernelName }) => kernelName)

/** The kernels of TensorFlow.js that cpu has and a backend does not have: operations that need one throw there. */
export const missingOn = (backendName: string): readonly string[] =>
  tf
    .getKernelsForBackend("cpu")
    .map(({ kernelName }) => kernelName)
    .filter((name) => !ownKernels("cpu").includes(name) && tf.getKernel(name, backendName) === undefined)
    .toSorted()

/**
 * Registers every kernel for a backend in place of the stock one of its name, if there is one, and puts all of the backend's kernels behind their
 * guard. Calling it again changes nothing.
 */
export const registerKernels = (backendName: string): void => {
  const own = kernelsOf(backendName)
  const names = new Set(own.map(({ kernelName }) => kernelName))
  const stock = tf.getKernelsForBackend(backendName).filter(({ kernelName }) => !names.has(kernelName))
  for (const kernel of [...own, ...stock]) register(guard(kernel))
}

const register = (kernel: tf.KernelConfig): void => {
  const { kernelName, backendName } = kernel
  const stock = tf.getKernel(kernelName, backendName)
  if (stock?.kernelFunc === kernel.kernelFunc) return
  if (stock !== undefined) tf.unregisterKernel(kernelName, backendName)
  // Other stock kernels call the stock one directly, so what it sets up is still needed.
  tf.registerKernel({ ...stock, ...kernel })
}

/** What this process has for a backend: some kernels on TensorFlow are there only with the op library, or only without. */
const kernelsOf = (backendName: string): readonly tf.KernelConfig[] =>
  [...KERNELS, ...tensorflowKernels.filter(({ isThere }) => isThere(hasOpLibrary()))].filter(
    (kernel) => kernel.backendName === backendName,
  )
