/** The kernels of our own on WebGPU. */
import type { tf } from "../../tf.ts"
import { addN } from "./AddN.ts"
import { bijouAdamW } from "./BijouAdamW.ts"
import { bijouAddBias } from "./BijouAddBias.ts"
import { bijouAttention } from "./BijouAttention.ts"
import { bijouAttentionGrad } from "./BijouAttentionGrad.ts"
import { bijouBiasGelu } from "./BijouBiasGelu.ts"
import { bijouBiasGeluGrad } from "./BijouBiasGeluGrad.ts"
import { bijouBiasGeluTanh } from "./BijouBiasGeluTanh.ts"
import { bijouBiasGeluTanhGrad } from "./BijouBiasGeluTanhGrad.ts"
import { bijouCotangent } from "./BijouCotangent.ts"
import { bijouCrossEntropy } from "./BijouCrossEntropy.ts"
import { bijouCrossEntropyGrad } from "./BijouCrossEntropyGrad.ts"
import { bijouDiffer } from "./BijouDiffer.ts"
import { bijouDrift } from "./BijouDrift.ts"
import { bijouDropout } from "./BijouDropout.ts"
import { bijouGelu } from "./BijouGelu.ts"
import { bijouGeluGrad } from "./BijouGeluGrad.ts"
import { bijouGeluTanh } from "./BijouGeluTanh.ts"
import { bijouGeluTanhGrad } from "./BijouGeluTanhGrad.ts"
import { bijouInverse } from "./BijouInverse.ts"
import { bijouLayerNorm } from "./BijouLayerNorm.ts"
import { bijouLayerNormGrad } from "./BijouLayerNormGrad.ts"
import { bijouMaskedAttention } from "./BijouMaskedAttention.ts"
import { bijouMaskedAttentionGrad } from "./BijouMaskedAttentionGrad.ts"
import { bijouPack } from "./BijouPack.ts"
import { bijouQuantize } from "./BijouQuantize.ts"
import { bijouShift } from "./BijouShift.ts"
import { bijouTimes } from "./BijouTimes.ts"
import { bijouUnpack } from "./BijouUnpack.ts"
import { bijouUpdate } from "./BijouUpdate.ts"
import { unsortedSegmentSum } from "./UnsortedSegmentSum.ts"

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
