/**
 * One run of `bijou start`: its options, and the network before its first step.
 */
import { either as E } from "fp-ts"
import { Key } from "../../core/Key.ts"
import { gpt, type Gpt, type GptConfig } from "../../net/Gpt.ts"
import { UnusableInput } from "../../node/errors/UnusableInput.ts"
import { tensorLeaves } from "../../tensor/values/parameterSide.ts"
import { AdamW } from "../../train/AdamW.ts"
import { Checkpoint } from "../../train/checkpoint/Checkpoint.ts"
import type { Text } from "../../train/Text.ts"
import type { Interrupt } from "../Interrupt.ts"
import { paragraph, say } from "../say.ts"
import { vocabulary, type Resumed } from "./Resumed.ts"
import type { StartOptions } from "./StartOptions.ts"
import type { GptTrained } from "./trainGpt.ts"

// ---------------------------------------------------------------- model

/** The checked options, on a backend that has started. */
export interface Session {
  readonly options: StartOptions
  readonly resumed: Resumed | null
  /** The name of the backend. */
  readonly backend: string
  readonly text: Text
  readonly interrupt: Interrupt
}

/** A network before the first step of this process. */
export interface Begun {
  readonly config: GptConfig
  readonly net: Gpt
  readonly before: GptTrained
  /** The number of trainable parameters. */
  readonly parameters: number
  /** The number of steps in earlier processes. */
  readonly taken: number
}

const fractionBits = 9

// --------------------------------------------------------- constructors

/** The network of the options, or of the resumed checkpoint. Throws `UnusableInput` for a damaged checkpoint. */
export const begin = async ({ options, resumed }: Session): Promise<Begun> => {
  const { width, heads, depth, context, seed } = options
  const config = resumed?.config ?? { vocabulary, context, width, heads, depth, fractionBits, dropout: 0 }
  const net = gpt(config)
  const before = resumed === null ? fresh(net, seed) : await loaded(net, resumed)
  const parameters = tensorLeaves(net.bijection.params, before.params).reduce((sum, [, { size }]) => sum + size, 0)
  return { config, net, before, parameters, taken: resumed?.run.steps ?? 0 }
}

/** Initializes the parameters. */
const fresh = ({ bijection: network }: Gpt, seed: number): GptTrained => {
  const params = network.params.init(Key.fromSeed(seed))
  return { params, state: AdamW.init(network.params, params) }
}

/** Loads the parameters from the checkpoint. */
const loaded = async ({ bijection: network }: Gpt, { file, source }: Resumed): Promise<GptTrained> => {
  const checkpoint = await Checkpoint.fromBytes(network.params, source)().finally(source.close)
  if (E.isLeft(checkpoint)) throw new UnusableInput(`--resume ${file}: ${checkpoint.left.message}`)
  return checkpoint.right.trained
}

// ---------------------------------------------------------- destructors

/** Prints the network, the backend and the size of the text. */
export const introduce = ({ options, resumed, backend, text }: Session, { parameters, taken }: Begun): void => {
  const { depth, steps, workers } = options
  const by = workers === undefined ? "" : workers === 1 ? ", in a worker" : `, in each of ${workers} workers`
  paragraph(`A GPT of ${parameters.toLocaleString("en-US")} parameters, K = ${depth}, on ${backend}${by}`)
  say(`${(text.train.length + text.validation.length).toLocaleString("en-US")} bytes of text`)
  if (resumed !== null) paragraph(`Resumed from ${resumed.file} at step ${taken} of ${steps}`)
  say("")
}
