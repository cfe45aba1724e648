/**
 * The one door to TensorFlow.js: every other file imports from here, and only here is its engine looked into.
 *
 * Loads the cpu and wasm backends; which one runs is chosen by `useBackend`.
 */
import * as tf from "@tensorflow/tfjs"
import "@tensorflow/tfjs-backend-wasm"

export { tf }

// ---------------------------------------------------------------- model

/** One recorded kernel of TensorFlow.js's tape. */
export interface TapeNode {
  readonly inputs: Readonly<Record<string, tf.Tensor>>
  readonly outputs: ReadonlyArray<tf.Tensor>
  readonly saved?: ReadonlyArray<tf.Tensor>
  readonly kernelName: string
  readonly gradient?: (dys: ReadonlyArray<tf.Tensor | null>) => Readonly<Record<string, () => tf.Tensor>>
}

/** The part of the engine's state that recording and accounting need. */
export interface EngineState {
  activeTape: TapeNode[] | null
  gradientDepth: number
  kernelDepth: number
  readonly activeScope: { readonly id: number; readonly track: tf.Tensor[] } | null
  tensorInfo: WeakMap<object, { readonly bytes: number }>
}

// ---------------------------------------------------------- destructors

/** The live state of the engine; tfjs keeps it private, and its shape is pinned by the peer dependency. */
export const engineState = (): EngineState => (tf.engine() as unknown as { state: EngineState }).state

/** Hands a tensor that the engine keeps back to the innermost scope. */
export const unkeep = (tensor: tf.Tensor): void => {
  const { activeScope } = engineState()
  const owned = tensor as tf.Tensor & { kept: boolean; scopeId: number }
  owned.kept = false
  if (activeScope === null) return
  owned.scopeId = activeScope.id
  activeScope.track.push(tensor)
}

/** Whether a tensor belongs to the innermost scope, and will be freed with it. */
export const isMadeHere = (tensor: tf.Tensor): boolean => {
  const { scopeId, kept } = tensor as tf.Tensor & { kept: boolean; scopeId: number }
  return !kept && scopeId === engineState().activeScope?.id
}
