/** The contracts of TensorFlow.js kernels that bijou replaces on some backend. */
import { tf } from "../../tf.ts"
import type { Contract, One, Outputs } from "./Kernel.ts"

// ---------------------------------------------------------------- model

/** The inputs of a kernel. tfjs's operations have checked that none is missing. */
type Infos<I> = { readonly [K in keyof I]: NonNullable<I[K]> }

interface FusedMatMulInputs {
  readonly a: One
  readonly b: One
  readonly bias?: One | null
  readonly preluActivationWeights?: One | null
}

interface FusedMatMulAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly activation: "linear" | "relu" | "prelu" | "elu" | "relu6" | "leakyrelu" | "sigmoid"
  readonly leakyreluAlpha: number
}

interface FusedConv2DInputs {
  readonly x: One
  readonly filter: One
  readonly bias?: One | null
  readonly preluActivationWeights?: One | null
}

// --------------------------------------------------------- constructors

/** Returns the contract of a TensorFlow.js kernel by its name. */
export const stock = <I extends object, A extends object, O extends Outputs = One>(
  name: string,
): Contract<Infos<I>, A, O> => ({ name })

// ------------------------------------------------------------ instances

export const add = stock<tf.AddInputs, {}>(tf.Add)
export const avgPool = stock<tf.AvgPoolInputs, tf.AvgPoolAttrs>(tf.AvgPool)
export const batchMatMul = stock<tf.BatchMatMulInputs, tf.BatchMatMulAttrs>(tf.BatchMatMul)
export const cast = stock<tf.CastInputs, tf.CastAttrs>(tf.Cast)
export const conv2D = stock<tf.Conv2DInputs, tf.Conv2DAttrs>(tf.Conv2D)
export const conv2DBackpropFilter = stock<tf.Conv2DBackpropFilterInputs, tf.Conv2DBackpropFilterAttrs>(
  tf.Conv2DBackpropFilter,
)
export const conv2DBackpropInput = stock<tf.Conv2DBackpropInputInputs, tf.Conv2DBackpropInputAttrs>(
  tf.Conv2DBackpropInput,
)
export const depthwiseConv2dNative = stock<tf.DepthwiseConv2dNativeInputs, tf.DepthwiseConv2dNativeAttrs>(
  tf.DepthwiseConv2dNative,
)
export const depthwiseConv2dNativeBackpropFilter = stock<
  tf.DepthwiseConv2dNativeBackpropFilterInputs,
  tf.DepthwiseConv2dNativeBackpropFilterAttrs
>(tf.DepthwiseConv2dNativeBackpropFilter)
export const depthwiseConv2dNativeBackpropInput = stock<
  tf.DepthwiseConv2dNativeBackpropInputInputs,
  tf.DepthwiseConv2dNativeBackpropInputAttrs
>(tf.DepthwiseConv2dNativeBackpropInput)
export const fusedConv2D = stock<FusedConv2DInputs, tf.FusedConv2DAttrs>(tf.FusedConv2D)
export const fusedDepthwiseConv2D = stock<FusedConv2DInputs, tf.FusedDepthwiseConv2DAttrs>(tf.FusedDepthwiseConv2D)
export const fusedMatMul = stock<FusedMatMulInputs, FusedMatMulAttributes>(tf._FusedMatMul)
export const gatherV2 = stock<tf.GatherV2Inputs, tf.GatherV2Attrs>(tf.GatherV2)
export const identity = stock<tf.IdentityInputs, {}>(tf.Identity)
export const maxPool = stock<tf.MaxPoolInputs, tf.MaxPoolAttrs>(tf.MaxPool)
export const slice = stock<tf.SliceInputs, tf.SliceAttrs>(tf.Slice)
export const splitV = stock<tf.SplitVInputs, tf.SplitVAttrs, readonly One[]>(tf.SplitV)
export const sum = stock<tf.SumInputs, tf.SumAttrs>(tf.Sum)
export const tile = stock<tf.TileInputs, tf.TileAttrs>(tf.Tile)
export const transpose = stock<tf.TransposeInputs, tf.TransposeAttrs>(tf.Transpose)
export const unpack = stock<tf.UnpackInputs, tf.UnpackAttrs, readonly One[]>(tf.Unpack)
export const unsortedSegmentSum = stock<tf.UnsortedSegmentSumInputs, tf.UnsortedSegmentSumAttrs>(tf.UnsortedSegmentSum)
