/** The kernels of our own on WebGPU. */
import type { tf } from "../../tf.ts"
import { addN } from "./stock/AddN.ts"
import { bijouAdamW } from "./adamW.ts"
import { bijouAddBias } from "./columns.ts"
import { bijouAttention } from "./BijouAttention.ts"
import { bijouAttentionGrad } from "./BijouAttentionGrad.ts"
import { bijouBiasGelu } from "./biasGelu.ts"
import { bijouBiasGeluGrad } from "./biasGeluGrad.ts"
import { bijouBiasGeluTanh } from "./BijouBiasGeluTanh.ts"
import { bijouBiasGeluTanhGrad } from "./BijouBiasGeluTanhGrad.ts"
import { bijouCotangent } from "./cotangent.ts"
import { bijouCrossEntropy } from "./crossEntropy.ts"
import { bijouCrossEntropyGrad } from "./crossEntropyGrad.ts"
import { bijouDiffer } from "./differ.ts"
import { bijouDrift } from "./drift.ts"
import { bijouDropout } from "./dropout.ts"
import { bijouGelu } from "./gelu.ts"
import { bijouGeluGrad } from "./geluGrad.ts"
import { bijouGeluTanh } from "./BijouGeluTanh.ts"
import { bijouGeluTanhGrad } from "./BijouGeluTanhGrad.ts"
import { bijouInverse } from "./inverse.ts"
import { bijouLayerNorm } from "./layerNorm.ts"
import { bijouLayerNormGrad } from "./layerNormGrad.ts"
import { bijouMaskedAttention } from "./BijouMaskedAttention.ts"
import { bijouMaskedAttentionGrad } from "./BijouMaskedAttentionGrad.ts"
import { bijouPack } from "./planes.ts"
import { bijouQuantize } from "./quantize.ts"
import { bijouShift } from "./shift.ts"
import { bijouTimes } from "./times.ts"
import { bijouUnpack } from "./unpack.ts"
import { bijouUpdate } from "./step.ts"
import { unsortedSegmentSum } from "./stock/UnsortedSegmentSum.ts"

export const webgpuKernels: readonly tf.KernelConfig[] = [
  ...addN,
  ...bijouAdamW,
  ...bijouAddBias,
  ...bijouAttention,
  ...bijouAttentionGrad,
  ...bijouBiasGelu,
  ...bijouBiasGeluGrad,
  ...bijouBiasGeluTanh,
  ...bijouBiasGeluTanhGrad,
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
  ...unsortedSegmentSum,
]
