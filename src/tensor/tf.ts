/**
 * The only module that imports TensorFlow.js. Every other file imports `tf` from here, and only this file accesses the
 * engine's private state.
 *
 * It loads the cpu and wasm backends; `useBackend` selects the one that runs.
 */
import * as tf from "@tensorflow/tfjs"
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm"

export { setWasmPaths, tf }

// ---------------------------------------------------------------- model

/** One kernel on TensorFlow.js's tape. */
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
  tensorInfo: WeakMap<object, BufferInfo>
}

/** The engine's record of a buffer. */
export interface BufferInfo {
  readonly bytes: number
  readonly backend: { readonly incRef: (id: object) => void }
}

// ---------------------------------------------------------- destructors

/**
 * Returns the live state of the engine. tfjs keeps it private; the version range of the peer dependency fixes its
 * shape.
 */
export const engineState = (): EngineState => (tf.engine() as unknown as { state: EngineState }).state

/** Runs `body`, which must be synchronous, with another backend, without setting up that backend's kernels again. */
export const withBackend = <A>(name: string, body: () => A): A => {
  // both are private in its typings
  const engine = tf.engine() as unknown as { backendName: string; backendInstance: object }
  const { backendName, backendInstance } = engine
  Object.assign(engine, { backendName: name, backendInstance: tf.findBackend(name) })
  try {
    return body()
  } finally {
    Object.assign(engine, { backendName, backendInstance })
  }
}

/**
 * Runs `body`, which must be synchronous, with other tensors in place of a model's weights. Restores the weights
 * afterwards, also if it throws.
 */
export const withWeights = <A>(
  weights: ReadonlyArray<tf.LayerVariable>,
  values: ReadonlyArray<tf.Tensor>,
  body: () => A,
): A => {
  const places = weights as unknown as ReadonlyArray<{ val: tf.Tensor }> // protected in its typings, and all that read() looks at
  const own = places.map(({ val }) => val)
  const put = (tensors: ReadonlyArray<tf.Tensor>): void => {
    for (const [i, place] of places.entries()) place.val = tensors[i] ?? place.val
  }
  put(values)
  try {
    return body()
  } finally {
    put(own)
  }
}

/** Adds a reference to a buffer, on whichever backend it lives. */
export const shareBuffer = (dataId: object): void => engineState().tensorInfo.get(dataId)?.backend.incRef(dataId)

/** Moves a tensor that the engine keeps into the innermost scope. */
export const unkeep = (tensor: tf.Tensor): void => {
  const { activeScope } = engineState()
  const owned = tensor as tf.Tensor & { kept: boolean; scopeId: number }
  owned.kept = false
  if (activeScope === null) return
  owned.scopeId = activeScope.id
  activeScope.track.push(tensor)
}

/** Returns whether the innermost scope owns a tensor and will dispose it. */
export const isMadeHere = (tensor: tf.Tensor): boolean => {
  const { scopeId, kept } = tensor as tf.Tensor & { kept: boolean; scopeId: number }
  return !kept && scopeId === engineState().activeScope?.id
}
