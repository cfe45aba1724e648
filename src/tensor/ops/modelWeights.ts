/**
 * What is inside of a `tf.layers` model: its layers with their paths, and its weights with names that a parameter tree
 * can have.
 */
import { tf } from "../tf.ts"

// ---------------------------------------------------------------- model

/** A layer of a model that is no model itself. */
export interface PlacedLayer {
  readonly path: ReadonlyArray<string>
  readonly layer: tf.layers.Layer
  /** Whether it and every model that it is in are trained. */
  readonly trainable: boolean
}

/** A weight of a model. */
export interface PlacedWeight {
  readonly path: ReadonlyArray<string>
  readonly weight: tf.LayerVariable
  readonly trainable: boolean
}

// ---------------------------------------------------------- destructors

/** The layers of a model, those of models inside of it too. */
export const layersIn = (model: tf.LayersModel): ReadonlyArray<PlacedLayer> =>
  from(model, [], model.trainable, numbered())

const from = (
  { layers }: tf.LayersModel,
  path: ReadonlyArray<string>,
  trainable: boolean,
  name: (given: string) => string,
): ReadonlyArray<PlacedLayer> =>
  layers.flatMap((layer) => {
    const place = { path: [...path, name(layer.name)], trainable: trainable && layer.trainable }
    return layer instanceof tf.LayersModel ? from(layer, place.path, place.trainable, name) : [{ ...place, layer }]
  })

/**
 * The weights of a model, each once. A path is the names of the models and the layer that a weight is in, then its own:
 * `dense_Dense1/kernel`. Names that TensorFlow.js made up are numbered from 1 in every model, since its own numbers
 * count all layers of the program.
 */
export const weightsIn = (model: tf.LayersModel): ReadonlyArray<PlacedWeight> => {
  const name = numbered()
  const taken = new Set<string>()
  const seen = new Set<tf.LayerVariable>()
  const found: PlacedWeight[] = []
  for (const { path, layer, trainable } of from(model, [], model.trainable, name)) {
    const trained = new Set(layer.trainableWeights)
    for (const weight of layer.weights) {
      if (seen.has(weight)) continue
      seen.add(weight)
      const own = [...path, ...ownNames(layer, weight).map(name)]
      while (taken.has(own.join("/"))) own.push(`${own.pop()}_`)
      taken.add(own.join("/"))
      found.push({ path: own, weight, trainable: trainable && trained.has(weight) && weight.dtype === "float32" })
    }
  }
  return found
}

/** What a weight is called inside of its layer. */
const ownNames = ({ name }: tf.layers.Layer, { originalName }: tf.LayerVariable): ReadonlyArray<string> => {
  const at = originalName.lastIndexOf(`${name}/`)
  const own = at < 0 ? originalName : originalName.slice(at + name.length + 1)
  return own.split("/").filter((part) => part !== "")
}

/**
 * The same name, or for one that was made up, such as dense_Dense12, sequential_3 or model4, the same with a number
 * starting at 1.
 */
const numbered = (): ((given: string) => string) => {
  const numbers = new Map<string, Map<string, number>>()
  return (given) => {
    const kind = /^([a-z0-9_]+_[A-Z][A-Za-z0-9]*?|sequential_|model)\d+$/.exec(given)?.[1]
    if (kind === undefined) return given.replaceAll("/", "_")
    const known = numbers.get(kind) ?? new Map<string, number>()
    numbers.set(kind, known)
    const number = known.get(given) ?? known.size + 1
    known.set(given, number)
    return `${kind}${number}`
  }
}
