/** The kernels of our own on the backend `tensorflow`, as data. */
import { add } from "./Add.ts"
import { batchMatMul } from "./BatchMatMul.ts"
import { bijouAdamW } from "./BijouAdamW.ts"
import { bijouAddBias } from "./BijouAddBias.ts"
import { bijouAffine } from "./BijouAffine.ts"
import { bijouAttention } from "./BijouAttention.ts"
import { bijouAttentionGrad } from "./BijouAttentionGrad.ts"
import { bijouBiasGrad } from "./BijouBiasGrad.ts"
import { bijouCotangent } from "./BijouCotangent.ts"
import { bijouCrossEntropy } from "./BijouCrossEntropy.ts"
import { bijouCrossEntropyGrad } from "./BijouCrossEntropyGrad.ts"
import { bijouDiffer } from "./BijouDiffer.ts"
import { bijouDrift } from "./BijouDrift.ts"
import { bijouGelu } from "./BijouGelu.ts"
import { bijouGeluGrad } from "./BijouGeluGrad.ts"
import { bijouGeluTanh } from "./BijouGeluTanh.ts"
import { bijouGeluTanhGrad } from "./BijouGeluTanhGrad.ts"
import { bijouInverse } from "./BijouInverse.ts"
import { bijouLargest } from "./BijouLargest.ts"
import { bijouLayerNorm } from "./BijouLayerNorm.ts"
import { bijouLayerNormGrad } from "./BijouLayerNormGrad.ts"
import { bijouMaskedAttention } from "./BijouMaskedAttention.ts"
import { bijouMaskedAttentionGrad } from "./BijouMaskedAttentionGrad.ts"
import { bijouMlp } from "./BijouMlp.ts"
import { bijouMlpGrad } from "./BijouMlpGrad.ts"
import { bijouMlpTanh } from "./BijouMlpTanh.ts"
import { bijouMlpTanhGrad } from "./BijouMlpTanhGrad.ts"
import { bijouPack } from "./BijouPack.ts"
import { bijouMultiply } from "./BijouMultiply.ts"
import { bijouQuantize } from "./BijouQuantize.ts"
import { bijouShift } from "./BijouShift.ts"
import { bijouTimes } from "./BijouTimes.ts"
import { bijouUnpack } from "./BijouUnpack.ts"
import { bijouUpdate } from "./BijouUpdate.ts"
import { bijouWeightGrad } from "./BijouWeightGrad.ts"
import { reshapeKernel } from "./Reshape.ts"
import type { TensorflowKernel } from "./operations.ts"

export const tensorflowKernels: readonly TensorflowKernel[] = [
  add,
  batchMatMul,
  bijouAdamW,
  bijouAddBias,
  bijouAffine,
  bijouAttention,
  bijouAttentionGrad,
  bijouBiasGrad,
  bijouCotangent,
  bijouCrossEntropy,
  bijouCrossEntropyGrad,
  bijouDiffer,
  bijouDrift,
  bijouGelu,
  bijouGeluGrad,
  bijouGeluTanh,
  bijouGeluTanhGrad,
  bijouInverse,
  bijouLargest,
  bijouLayerNorm,
  bijouLayerNormGrad,
  bijouMaskedAttention,
  bijouMaskedAttentionGrad,
  bijouMlp,
  bijouMlpGrad,
  bijouMlpTanh,
  bijouMlpTanhGrad,
  bijouPack,
  bijouMultiply,
  bijouQuantize,
  bijouShift,
  bijouTimes,
  bijouUnpack,
  bijouUpdate,
  bijouWeightGrad,
  reshapeKernel,
]
