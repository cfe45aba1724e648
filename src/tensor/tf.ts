/**
 * The one door to TensorFlow.js: every other file imports from here, and only here is its engine looked into.
 *
 * Loads the cpu and wasm backends; which one runs is chosen by `useBackend`.
 */
import * as tf from "@tensorflow/tfjs"
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm"

export { setWasmPaths, tf }

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
  tensorInfo: WeakMap<object, BufferInfo>
}

/** What the engine knows of a buffer. */
export interface BufferInfo {
  readonly bytes: number
  readonly backend: { readonly incRef: (id: object) => void }
}

// ---------------------------------------------------------- destructors

/** The live state of the engine; tfjs keeps it private, and its shape is pinned by the peer dependency. */
export const engineState = (): EngineState => (tf.engine() as unknown as { state: EngineState }).state

/** Runs `body`, which must not wait, with another backend in use; its kernels are not set up again. */
export const withBackend = <A>(name: string, body: () => A): A => {
  const engine = tf.engine() as unknown as { backendName: string; backendInstance: object } // private in its typings
  const { backendName, backendInstance } = engine
  Object.assign(engine, { backendName: name, backendInstance: tf.findBackend(name) })
  try {
    return body()
  } finally {
    Object.assign(engine, { backendName, backendInstance })
  }
}

/**
 * Runs `body`, which must not wait, with other tensors in the place of a model's weights. They are back in their places afterwards, also when it
 * throws.
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

/** Counts another handle to a buffer, whichever backend it lives on. */
export const shareBuffer = (dataId: object): void => engineState().tensorInfo.get(dataId)?.backend.incRef(dataId)

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
