/** The kernels of our own on the backend `tensorflow`, as data. */
import { add } from "./stock/Add.ts"
import { batchMatMul } from "./stock/BatchMatMul.ts"
import { bijouAdamW } from "./adamW.ts"
import { bijouAddBias } from "./addBias.ts"
import { bijouAffine } from "./affine.ts"
import { bijouAttention } from "./BijouAttention.ts"
import { bijouAttentionGrad } from "./BijouAttentionGrad.ts"
import { bijouBiasGrad } from "./biasGrad.ts"
import { bijouCotangent } from "./cotangent.ts"
import { bijouCrossEntropy } from "./crossEntropy.ts"
import { bijouCrossEntropyGrad } from "./crossEntropyGrad.ts"
import { bijouDiffer } from "./differ.ts"
import { bijouDrift } from "./drift.ts"
import { bijouGelu } from "./BijouGelu.ts"
import { bijouGeluGrad } from "./BijouGeluGrad.ts"
import { bijouGeluTanh } from "./BijouGeluTanh.ts"
import { bijouGeluTanhGrad } from "./BijouGeluTanhGrad.ts"
import { bijouInverse } from "./inverse.ts"
import { bijouLargest } from "./largest.ts"
import { bijouLayerNorm } from "./layerNorm.ts"
import { bijouLayerNormGrad } from "./layerNormGrad.ts"
import { bijouMaskedAttention } from "./BijouMaskedAttention.ts"
import { bijouMaskedAttentionGrad } from "./BijouMaskedAttentionGrad.ts"
import { bijouMlp } from "./BijouMlp.ts"
import { bijouMlpGrad } from "./mlpGrad.ts"
import { bijouMlpTanh } from "./BijouMlpTanh.ts"
import { bijouMlpTanhGrad } from "./BijouMlpTanhGrad.ts"
import { bijouPack } from "./pack.ts"
import { bijouMultiply } from "./multiply.ts"
import { bijouQuantize } from "./quantize.ts"
import { bijouShift } from "./shift.ts"
import { bijouTimes } from "./times.ts"
import { bijouUnpack } from "./unpack.ts"
import { bijouUpdate } from "./update.ts"
import { bijouWeightGrad } from "./weightGrad.ts"
import { reshapeKernel } from "./stock/Reshape.ts"
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
