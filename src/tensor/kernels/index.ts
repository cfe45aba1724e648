/** The kernels of our own, as data, and the one function that registers them. */
import { tf } from "../tf.ts"
import { broadcastingProducts } from "./cpu/broadcastingProducts.ts"
import { isFallback } from "./fallbacks.ts"
import { guard } from "./guard.ts"
import { add } from "./simd/Add.ts"
import { bijouAdamW } from "./simd/BijouAdamW.ts"
import { bijouAddBias } from "./simd/BijouAddBias.ts"
import { bijouAddTo } from "./simd/BijouAddTo.ts"
import { bijouAttention } from "./simd/BijouAttention.ts"
import { bijouAttentionGrad } from "./simd/BijouAttentionGrad.ts"
import { bijouBiasGelu } from "./simd/BijouBiasGelu.ts"
import { bijouBiasGeluGrad } from "./simd/BijouBiasGeluGrad.ts"
import { bijouBiasGeluTanh } from "./simd/BijouBiasGeluTanh.ts"
import { bijouBiasGeluTanhGrad } from "./simd/BijouBiasGeluTanhGrad.ts"
import { bijouBiasGrad } from "./simd/BijouBiasGrad.ts"
import { bijouCotangent } from "./simd/BijouCotangent.ts"
import { bijouCrossEntropy } from "./simd/BijouCrossEntropy.ts"
import { bijouCrossEntropyGrad } from "./simd/BijouCrossEntropyGrad.ts"
import { bijouDiffer } from "./simd/BijouDiffer.ts"
import { bijouDrift } from "./simd/BijouDrift.ts"
import { bijouDropout } from "./simd/BijouDropout.ts"
import { bijouGelu } from "./simd/BijouGelu.ts"
import { bijouGeluGrad } from "./simd/BijouGeluGrad.ts"
import { bijouGeluTanh } from "./simd/BijouGeluTanh.ts"
import { bijouGeluTanhGrad } from "./simd/BijouGeluTanhGrad.ts"
import { bijouInverse } from "./simd/BijouInverse.ts"
import { bijouLargest } from "./simd/BijouLargest.ts"
import { bijouLayerNorm } from "./simd/BijouLayerNorm.ts"
import { bijouLayerNormGrad } from "./simd/BijouLayerNormGrad.ts"
import { bijouMaskedAttention } from "./simd/BijouMaskedAttention.ts"
import { bijouMaskedAttentionGrad } from "./simd/BijouMaskedAttentionGrad.ts"
import { bijouPack } from "./simd/BijouPack.ts"
import { bijouQuantize } from "./simd/BijouQuantize.ts"
import { bijouShift } from "./simd/BijouShift.ts"
import { bijouTimes } from "./simd/BijouTimes.ts"
import { bijouUnpack } from "./simd/BijouUnpack.ts"
import { bijouUpdate } from "./simd/BijouUpdate.ts"
import { bijouWeightGrad } from "./simd/BijouWeightGrad.ts"
import { conv2D } from "./simd/Conv2D.ts"
import { conv2DBackpropFilter } from "./simd/Conv2DBackpropFilter.ts"
import { conv2DBackpropInput } from "./simd/Conv2DBackpropInput.ts"
import { depthwiseConv2dNative } from "./simd/DepthwiseConv2dNative.ts"
import { depthwiseConv2dNativeBackpropFilter } from "./simd/DepthwiseConv2dNativeBackpropFilter.ts"
import { depthwiseConv2dNativeBackpropInput } from "./simd/DepthwiseConv2dNativeBackpropInput.ts"
import { elementwise } from "./tensorflow/elementwise.ts"
import { hasOpLibrary } from "./tensorflow/opLibrary.ts"
import { tensorflowKernels } from "./tensorflow/tensorflowKernels.ts"
import { filterGradients } from "./typed/filterGradients.ts"
import { unsortedSegmentSum } from "./typed/UnsortedSegmentSum.ts"
import { batchMatMul } from "./wasm/BatchMatMul.ts"
import { bijouMultiply } from "./wasm/BijouMultiply.ts"
import { cast } from "./wasm/Cast.ts"
import { elementTypes } from "./wasm/elementTypes.ts"
import { borrowedKernels } from "./wasm/fromCpu.ts"
import { fusedMatMul } from "./wasm/FusedMatMul.ts"
import { gatherV2 } from "./wasm/GatherV2.ts"
import { identity } from "./wasm/Identity.ts"
import { slice } from "./wasm/Slice.ts"
import { splitV } from "./wasm/SplitV.ts"
import { sum } from "./wasm/Sum.ts"
import { tile } from "./wasm/Tile.ts"
import { transposeKernel } from "./wasm/Transpose.ts"
import { unpackKernel } from "./wasm/Unpack.ts"
import { windows } from "./wasm/windows.ts"
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
