/**
 * One run of `bijou start`: what it was given, and the network that it begins with.
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
import { say } from "../say.ts"
import { vocabulary, type Resumed } from "./Resumed.ts"
import type { StartOptions } from "./StartOptions.ts"
import type { GptTrained } from "./trainGpt.ts"

// ---------------------------------------------------------------- model

/** What the command was given, checked, on a backend that has started. */
export interface Session {
  readonly options: StartOptions
  readonly resumed: Resumed | null
  /** What the backend is called. */
  readonly backend: string
  readonly text: Text
  readonly interrupt: Interrupt
}

/** A network before the first step of this process. */
export interface Begun {
  readonly config: GptConfig
  readonly net: Gpt
  readonly before: GptTrained
  /** How many numbers are trained. */
  readonly parameters: number
  /** The steps that earlier processes took. */
  readonly taken: number
}

const fractionBits = 9

// --------------------------------------------------------- constructors

/** The network of the options, or that of the file which is resumed. Throws `UnusableInput` for a damaged file. */
export const begin = async ({ options, resumed }: Session): Promise<Begun> => {
  const { width, heads, depth, context, seed } = options
  const config = resumed?.config ?? { vocabulary, context, width, heads, depth, fractionBits, dropout: 0 }
  const net = gpt(config)
  const before = resumed === null ? fresh(net, seed) : await loaded(net, resumed)
  const parameters = tensorLeaves(net.bijection.params, before.params).reduce((sum, [, { size }]) => sum + size, 0)
  return { config, net, before, parameters, taken: resumed?.run.steps ?? 0 }
}

/** A network before its first step. */
const fresh = ({ bijection: network }: Gpt, seed: number): GptTrained => {
  const params = network.params.init(Key.fromSeed(seed))
  return { params, state: AdamW.init(network.params, params) }
}

/** A network as a checkpoint has it. */
const loaded = async ({ bijection: network }: Gpt, { file, source }: Resumed): Promise<GptTrained> => {
  const checkpoint = await Checkpoint.fromBytes(network.params, source)().finally(source.close)
  if (E.isLeft(checkpoint)) throw new UnusableInput(`--resume ${file}: ${checkpoint.left.message}`)
  return checkpoint.right.trained
}

// ---------------------------------------------------------- destructors

/** Says what is trained, on what. */
export const introduce = ({ options, resumed, backend, text }: Session, { parameters, taken }: Begun): void => {
  const { depth, steps, workers } = options
  const by = workers === undefined ? "" : workers === 1 ? ", in a worker" : `, in each of ${workers} workers`
  say(`A GPT of ${parameters.toLocaleString("en-US")} parameters, K = ${depth}, on ${backend}${by}`)
  say(`reads ${(text.train.length + text.validation.length).toLocaleString("en-US")} bytes of text.`)
  say(resumed === null ? "" : `It goes on from step ${taken} of ${steps}, as ${resumed.file} has it.\n`)
}
