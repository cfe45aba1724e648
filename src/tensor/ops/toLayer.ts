/**
 * Networks as layers of `tf.layers` models.
 *
 * Laws (checked by `test/tensor/toLayer.test.ts`):
 *
 * 1. in training the layer has the bits and the gradients of `toFunction`, in inference the bits of `toInference`
 * 2. a model that was saved and loaded has the same weights and predicts the same bits
 */
import type { Bijection } from "../../core/Bijection.ts"
import { Key } from "../../core/Key.ts"
import { orThrow } from "../../core/orThrow.ts"
import { Params } from "../../core/Params.ts"
import { quoted } from "../../core/quoted.ts"
import { inShapes } from "../shapes/inShapes.ts"
import { tf } from "../tf.ts"
import { tensorLeaves } from "../values/parameterSide.ts"
import { toFunction } from "./toFunction.ts"
import { toInference } from "./toInference.ts"

// ---------------------------------------------------------------- model

/** Makes `tf.layers` layers of one network. */
export interface NetworkLayer<in out P> {
  /** A layer with weights of its own. */
  (options: NetworkLayerOptions<P>): tf.layers.Layer
  /**
   * The parameters that a layer of this network has now, as handles of their own. Throws `TypeError` for any other
   * layer.
   */
  readonly params: (layer: tf.layers.Layer) => P
}

/** What a layer of a network starts from, and what any layer of `tf.layers` may be given. */
export interface NetworkLayerOptions<out P> extends Pick<
  NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]>,
  "name" | "trainable" | "inputShape" | "batchInputShape" | "inputDType"
> {
  /** The seed of the draws, and of the weights unless there are `params`. */
  readonly seed: number
  /** The values that the weights start from, such as trained ones; borrowed until the layer is part of a model. */
  readonly params?: P
}

/** A network whose types are forgotten; parameters are leaves by path, in the order of the tree. */
interface Registered {
  readonly network: object
  readonly start: (seed: number) => Leaves
  readonly train: (leaves: Leaves, key: Key, inputs: ReadonlyArray<tf.Tensor>) => tf.Tensor
  readonly predict: (leaves: Leaves, inputs: ReadonlyArray<tf.Tensor>) => tf.Tensor
}

type Leaves = ReadonlyMap<string, tf.Tensor>

// --------------------------------------------------------- constructors

/**
 * A network as a kind of `tf.layers` layer, whose weights are the network's parameters: `fit` trains it by the reversed
 * sweep, and `predict` draws nothing. The network goes from one tensor, or an array of several, to one tensor.
 *
 * The name is stored by `model.save` in the network's place: `tf.loadLayersModel` reads the model back in every program
 * that has called `toLayer(network, name)` before. Two networks cannot have one name, which throws `RangeError`. Step n
 * draws with `Key.step(n)` of the layer's seed; the number of steps is saved with the weights. For a gradient outside
 * of `fit` call the model with `{ training: true }`.
 *
 * ```ts
 * import { function as F } from "fp-ts"
 * import { keep, named } from "bijou"
 * import { Linear } from "bijou/net"
 * import { float32TensorSide, tf, toLayer, useBackend } from "bijou/tensor"
 *
 * await useBackend("cpu")
 * const network = F.pipe(Linear.make(4, 3, 0.5), keep(float32TensorSide(null)), named("linear"))
 * const linear = toLayer(network, "one linear map")
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [2] }), linear({ seed: 1 })] })
 * model.outputShape // => [ null, 3 ]
 * ```
 */
export const toLayer = <P, A extends tf.Tensor | ReadonlyArray<tf.Tensor>, B extends tf.Tensor, S>(
  network: Bijection<P, A, B, S>,
  name: string,
): NetworkLayer<P> => {
  const { params } = network
  const known = registry.get(name)
  if (known !== undefined && known.network !== network)
    throw new RangeError(
      `Two networks cannot both be registered as ${quoted(name)}, since a saved model names its network so. Use another name for one.`,
    )
  const tree = (leaves: Leaves): P => orThrow(Params.fromLeaves(params, leaves))
  const given = (inputs: ReadonlyArray<tf.Tensor>): A => (inputs.length === 1 ? inputs[0] : inputs) as A // as the network takes them
  registry.set(name, {
    network,
    start: (seed) => new Map(tensorLeaves(params, params.init(Key.fromSeed(seed)))),
    train: (leaves, key, inputs) => toFunction(network, tree(leaves), key)(given(inputs)),
    predict: (leaves, inputs) => toInference(network, tree(leaves))(given(inputs)),
  })
  const make = ({ params: start, ...options }: NetworkLayerOptions<P>): tf.layers.Layer =>
    new BijouNetwork({ ...options, network: name }, start === undefined ? null : new Map(tensorLeaves(params, start)))
  return Object.assign(make, {
    params: (layer: tf.layers.Layer): P => {
      if (!(layer instanceof BijouNetwork) || layer.network !== name)
        throw new TypeError(
          `The layer ${quoted(layer.name)} is not of the network ${quoted(name)}. Give one that toLayer(network, ${quoted(name)}) made.`,
        )
      return tree(new Map([...layer.leaves()].map(([path, leaf]) => [path, leaf.clone()])))
    },
  })
}

/** The networks of this program, by the names that saved models have of them. */
const registry = new Map<string, Registered>()

// ------------------------------------------------------------ instances

type Config = Omit<NetworkLayerOptions<never>, "params"> & { readonly network: string }

/** The layer; its configuration is the name of the network and the seed. */
class BijouNetwork extends tf.layers.Layer {
  static readonly className = "BijouNetwork"
  readonly network: string
  private readonly seed: number
  private readonly registered: Registered
  private readonly start: Leaves | null
  private readonly byPath = new Map<string, tf.LayerVariable>()
  private steps: tf.LayerVariable | null = null

  constructor(config: Config, start: Leaves | null = null) {
    super(config)
    const { network, seed } = config
    const registered = registry.get(network)
    if (registered === undefined)
      throw new TypeError(
        `The model has the network ${quoted(network)}, and none is registered under this name. Call toLayer(network, ${quoted(network)}) before the model is loaded.`,
      )
    Key.fromSeed(seed)
    this.network = network
    this.seed = seed
    this.registered = registered
    this.start = start
  }

  override build(): void {
    for (const [path, leaf] of this.start ?? this.registered.start(this.seed)) {
      const weight = this.addWeight(path === "" ? "value" : path, leaf.shape, "float32", zeros)
      this.byPath.set(path, weight.write(leaf))
      if (this.start === null) leaf.dispose()
    }
    this.steps = this.addWeight("bijou.steps", [], "int32", zeros, undefined, false)
    this.built = true
  }

  /** The weights by path; they belong to the layer. */
  leaves(): Leaves {
    return new Map([...this.byPath].map(([path, weight]) => [path, weight.read()]))
  }

  override call(given: tf.Tensor | tf.Tensor[], { training }: { readonly training?: boolean }): tf.Tensor {
    const inputs = [given].flat()
    if (training === true)
      return this.registered.train(this.leaves(), Key.step(this.nextStep())(Key.fromSeed(this.seed)), inputs)
    const paths = [...this.byPath.keys()]
    const differentiable = tf.customGrad((...args) => {
      const all = args as tf.Tensor[] // as they are passed below, then tfjs's own function
      const leaves = new Map(paths.map((path, i) => [path, all[i] ?? tf.scalar(NaN)]))
      return {
        value: this.registered.predict(leaves, all.slice(paths.length, paths.length + inputs.length)),
        gradFunc: () => {
          throw new TypeError(
            `The layer ${quoted(this.name)} has no gradient in inference. Call its model with { training: true }, such as model.apply(x, { training: true }).`,
          )
        },
      }
    })
    return differentiable(...this.leaves().values(), ...inputs)
  }

  /** The number of the training step, starting at 0. */
  private nextStep(): number {
    const [step = 0] = this.steps?.read().dataSync() ?? []
    const next = tf.scalar(step + 1, "int32")
    this.steps?.write(next)
    next.dispose()
    return step
  }

  override computeOutputShape(given: tf.Shape | tf.Shape[]): tf.Shape {
    const shapes = (Array.isArray(given[0]) ? given : [given]) as ReadonlyArray<tf.Shape> // one, or several
    let failure: unknown
    for (const dtype of ["float32", "int32"] as const)
      for (const sizes of PROBES)
        try {
          const [first = [], second = []] = sizes.map((size) => this.outputFor(shapes, size, dtype))
          return first.map((length, axis) => (length === second[axis] ? length : null))
        } catch (error) {
          failure ??= error
        }
    throw failure
  }

  /**
   * The shape of the output where all unknown sizes of the inputs are this one; numbers are only made where shapes
   * alone do not say it.
   */
  private outputFor(shapes: ReadonlyArray<tf.Shape>, size: number, dtype: "float32" | "int32"): ReadonlyArray<number> {
    const found = () => {
      const inputs = shapes.map((shape) =>
        tf.zeros(
          shape.map((length) => length ?? size),
          dtype,
        ),
      )
      return this.registered.predict(this.registered.start(this.seed), inputs).shape
    }
    try {
      return inShapes(() => tf.tidy(found))
    } catch {
      return tf.tidy(found)
    }
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), network: this.network, seed: this.seed }
  }
}

/** Pairs of sizes to try for an unknown one, of a batch or a time: where the output's differ, they are unknown too. */
const PROBES = [
  [2, 4],
  [16, 32],
] as const

const zeros = tf.initializers.zeros()

tf.serialization.registerClass(BijouNetwork)
