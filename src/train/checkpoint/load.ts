/**
 * Loading a trained network.
 */
import { either as E } from "fp-ts"
import * as t from "io-ts"
import type { BdiaSide } from "../../block/Bdia.ts"
import type { Two } from "../../block/State.ts"
import { orThrow } from "../../core/orThrow.ts"
import { shown } from "../../core/quoted.ts"
import type { ClassifierHead } from "../../net/classifier.ts"
import { gpt, GptConfig, type GptBlock } from "../../net/Gpt.ts"
import type { NetSide, Network, Weights } from "../../net/network.ts"
import type { EmbeddingParams } from "../../residual/Embedding.ts"
import { requireBackend } from "../../tensor/backend.ts"
import { currentRuntime } from "../../tensor/Runtime.ts"
import type { tf } from "../../tensor/tf.ts"
import type { Plane } from "../../tensor/values/Plane.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { AdamW } from "../AdamW.ts"
import { trainedNetwork, type TrainedNetwork } from "../TrainedNetwork.ts"
import { ByteSource } from "./ByteSource.ts"
import { Checkpoint, isCheckpoint } from "./Checkpoint.ts"
import type { Files } from "./Files.ts"
import { readParameters } from "./parametersFile.ts"
import type { Run } from "./Run.ts"
import { readHeader } from "./Safetensors.ts"
import { filePath } from "./save.ts"

// ---------------------------------------------------------------- model

/** Where a file is read from: a path in Node, bytes, a `File` or `Blob`, or a URL. */
export type Place = string | URL | Uint8Array | Blob | ByteSource

/** A GPT as `load` finds it in a file. */
export type LoadedGpt = TrainedNetwork<GptWeights, tf.Tensor, tf.Tensor, tf.Tensor, "accuracy", GptSide>

type GptWeights = Weights<EmbeddingParams, GptBlock, ClassifierHead>

type GptSide = NetSide<
  EmbeddingParams,
  ClassifierHead,
  tf.Tensor,
  tf.Tensor,
  Two<tf.Tensor>,
  BdiaSide<GptBlock, tf.Tensor, Plane>
>

/**
 * Loads what `save` or `bijou start --save` wrote, or the parameters in any safetensors file of the same names and
 * shapes.
 */
export interface Load {
  <P, I, Y, T, M extends string, S>(
    network: Network<P, I, Y, T, M, S>,
    place: Place,
  ): Promise<TrainedNetwork<P, I, Y, T, M, S>>
  (place: Place): Promise<LoadedGpt>
}

// --------------------------------------------------------- constructors

/** `load` from files. */
export const loadFrom = (files: Files): Load => {
  function load<P, I, Y, T, M extends string, S>(
    network: Network<P, I, Y, T, M, S>,
    place: Place,
  ): Promise<TrainedNetwork<P, I, Y, T, M, S>>
  function load(place: Place): Promise<LoadedGpt>
  async function load<P, I, Y, T, M extends string, S>(
    ...args: readonly [Place] | readonly [Network<P, I, Y, T, M, S>, Place]
  ): Promise<LoadedGpt | TrainedNetwork<P, I, Y, T, M, S>> {
    requireBackend()
    const [place, network] = args.length === 1 ? [args[0], null] : [args[1], args[0]]
    const source = await open(files, place)
    try {
      return await (network === null ? described(source) : of(network, source))
    } finally {
      await source.close()
    }
  }
  return load
}

const described = async (source: ByteSource): Promise<LoadedGpt> => {
  const run = orThrow(await Checkpoint.runOf(source)())
  const config = GptConfig.decode(run.network)
  if (E.isLeft(config))
    throw new RangeError("The file does not define its network. Give the network that was saved: load(network, place).")
  return of(gpt(config.right), source)
}

const of = async <P, I, Y, T, M extends string, S>(
  network: Network<P, I, Y, T, M, S>,
  source: ByteSource,
): Promise<TrainedNetwork<P, I, Y, T, M, S>> => {
  const { params } = network.bijection
  const header = orThrow(await readHeader(source)())
  if (!isCheckpoint(header)) {
    const read = orThrow(await readParameters(params, source, header)())
    const trained = { params: read, state: AdamW.init(params, read) }
    return trainedNetwork({ network, trained, run: untrained(network.definition), loss: null, evaluation: null })
  }
  const { run, trained } = orThrow(await Checkpoint.fromBytes(params, source)())
  const stored = Gridded.decode(run.network)
  const { fractionBits } = network.description
  const written = E.isRight(stored) ? stored.right.fractionBits : null
  if (written !== null && fractionBits !== null && written !== fractionBits) {
    tensorScope.release(trained)
    throw new RangeError(
      `The file has a network of ${written} fraction bits, but the given one has ${fractionBits}. Define it with fractionBits: ${written}.`,
    )
  }
  return trainedNetwork({ network, trained, run, loss: null, evaluation: null })
}

const Gridded = t.type({ fractionBits: t.union([t.number, t.null]) })

/** The run of parameters that come from elsewhere. */
const untrained = (definition: unknown): Run => ({
  steps: 0,
  seed: 0,
  batch: 1,
  microBatch: 1,
  workers: null,
  optimizer: AdamW.config,
  schedule: { peak: 0, floor: 0, warmup: 0, steps: 1 },
  fit: null,
  runtime: currentRuntime(),
  network: definition,
  notes: {},
})

type Opened = Awaited<ReturnType<Files["open"]>>

const open = async (files: Files, place: Place): Promise<Opened> => {
  const alone = (source: ByteSource): Opened => ({ ...source, close: async () => {} })
  if (typeof place === "string") return files.open(place)
  if (place instanceof Uint8Array) return alone(ByteSource.fromBytes(place))
  if (place instanceof Blob) return alone(fromBlob(place))
  if (place instanceof URL) {
    if (place.protocol === "file:") return files.open(filePath(place))
    const answer = await fetch(place)
    if (!answer.ok) throw new RangeError(`${place.href} cannot be read: the server answered ${answer.status}.`)
    return alone(ByteSource.fromBytes(new Uint8Array(await answer.arrayBuffer())))
  }
  if (typeof place === "object" && place !== null && "read" in place) return alone(place)
  throw new RangeError(`load takes a path, bytes, a File or a URL, not ${shown(place)}.`)
}

const fromBlob = (blob: Blob): ByteSource => ({
  size: blob.size,
  read: async (at, length) => new Uint8Array(await blob.slice(at, at + length).arrayBuffer()),
})
