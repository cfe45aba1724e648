/** The kernels of our own, as data, and the one function that registers them. */
import { tf } from "../tf.ts"
import { bijouAdamW } from "./simd/BijouAdamW.ts"
import { bijouAddBias } from "./simd/BijouAddBias.ts"
import { bijouAttention } from "./simd/BijouAttention.ts"
import { bijouAttentionGrad } from "./simd/BijouAttentionGrad.ts"
import { bijouBiasGelu } from "./simd/BijouBiasGelu.ts"
import { bijouBiasGeluGrad } from "./simd/BijouBiasGeluGrad.ts"
import { bijouCrossEntropy } from "./simd/BijouCrossEntropy.ts"
import { bijouCrossEntropyGrad } from "./simd/BijouCrossEntropyGrad.ts"
import { bijouDrift } from "./simd/BijouDrift.ts"
import { bijouGelu } from "./simd/BijouGelu.ts"
import { bijouGeluGrad } from "./simd/BijouGeluGrad.ts"
import { bijouLayerNorm } from "./simd/BijouLayerNorm.ts"
import { bijouLayerNormGrad } from "./simd/BijouLayerNormGrad.ts"
import { bijouWeightGrad } from "./simd/BijouWeightGrad.ts"
import { bijouDiffer } from "./typed/BijouDiffer.ts"
import { bijouPack } from "./typed/BijouPack.ts"
import { bijouShift } from "./typed/BijouShift.ts"
import { bijouUnpack } from "./typed/BijouUnpack.ts"
import { unsortedSegmentSum } from "./typed/UnsortedSegmentSum.ts"
import { batchMatMul } from "./wasm/BatchMatMul.ts"
import { cast } from "./wasm/Cast.ts"
import { missingGradients } from "./wasm/fromCpu.ts"
import { gatherV2 } from "./wasm/GatherV2.ts"
import { identity } from "./wasm/Identity.ts"
import { slice } from "./wasm/Slice.ts"
import { splitV } from "./wasm/SplitV.ts"
import { sum } from "./wasm/Sum.ts"
import { tile } from "./wasm/Tile.ts"
import { transposeKernel } from "./wasm/Transpose.ts"
import { unpackKernel } from "./wasm/Unpack.ts"
import { webgpuKernels } from "./webgpu/webgpuKernels.ts"

const KERNELS: readonly tf.KernelConfig[] = [
  ...bijouAdamW,
  ...bijouAddBias,
  ...bijouAttention,
  ...bijouAttentionGrad,
  ...bijouBiasGelu,
  ...bijouBiasGeluGrad,
  ...bijouCrossEntropy,
  ...bijouCrossEntropyGrad,
  ...bijouDiffer,
  ...bijouDrift,
  ...bijouGelu,
  ...bijouGeluGrad,
  ...bijouLayerNorm,
  ...bijouLayerNormGrad,
  ...bijouPack,
  ...bijouShift,
  ...bijouUnpack,
  ...bijouWeightGrad,
  ...unsortedSegmentSum,
  ...missingGradients,
  ...webgpuKernels,
  batchMatMul,
  cast,
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

/** Registers every kernel for a backend in place of the stock one of its name, if there is one. Calling it again changes nothing. */
export const registerKernels = (backendName: string): void => {
  for (const kernel of kernelsOf(backendName)) {
    const { kernelName } = kernel
    const stock = tf.getKernel(kernelName, backendName)
    if (stock?.kernelFunc === kernel.kernelFunc) continue
    if (stock !== undefined) tf.unregisterKernel(kernelName, backendName)
    // Other stock kernels call the stock one directly, so what it sets up is still needed.
    tf.registerKernel({ ...stock, ...kernel })
  }
}

const kernelsOf = (backendName: string): readonly tf.KernelConfig[] =>
  KERNELS.filter((kernel) => kernel.backendName === backendName)
