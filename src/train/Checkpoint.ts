/**
 * A training run as it stands after some steps, from which it goes on with the bits that it would have had.
 *
 * As bytes it is a safetensors file: parameters under their own names, the optimiser's moments under `adamw.mean/` and `adamw.square/`, and the
 * run as JSON in its metadata. The plan is part of the run, so a run that goes on need not be fitted to its budget again.
 *
 * Law (checked by `test/checkpoint.test.ts`): `fromBytes` after `toBytes` gives the same bits, and training that goes on from there those of
 * training that never stopped.
 */
import { either as E, type task as T } from "fp-ts"
import * as t from "io-ts"
import { ParameterMismatch } from "../core/errors/ParameterMismatch.ts"
import { Key } from "../core/Key.ts"
import { Params } from "../core/Params.ts"
import type { RevError } from "../core/RevError.ts"
import { tensorLeaves } from "../tensor/parameterSide.ts"
import { tensorScope } from "../tensor/tensorScope.ts"
import { tf } from "../tensor/tf.ts"
import { CheckpointDamaged } from "./errors/CheckpointDamaged.ts"
import { Fit } from "./Fit.ts"
import { decode, encode, type NamedArray } from "./Safetensors.ts"
import type { Trained } from "./step.ts"

// ---------------------------------------------------------------- model

const count = new t.Type<number>(
  "a whole number from 0 on",
  (u): u is number => typeof u === "number" && Number.isSafeInteger(u) && u >= 0,
  (u, context) => (typeof u === "number" && Number.isSafeInteger(u) && u >= 0 ? t.success(u) : t.failure(u, context)),
  t.identity,
)

/** What a run needs to go on, but for its tensors. */
export const Run = t.readonly(
  t.strict({
    /** Steps taken. */
    steps: count,
    /** Of the gammas and of dropout. */
    seed: count,
    batch: count,
    microBatch: count,
    /** How many workers shared its batches; null where none did. The plan is fitted to them. */
    workers: t.union([count, t.null]),
    optimizer: t.strict({
      beta1: t.number,
      beta2: t.number,
      epsilon: t.number,
      weightDecay: t.number,
      clip: t.number,
    }),
    schedule: t.strict({ peak: t.number, floor: t.number, warmup: count, steps: count }),
    /** The plan that was fitted to a budget; null where everything is reversed. */
    fit: t.union([Fit, t.null]),
    /** Of the network, such as a `GptConfig`; whoever reads it decodes it. */
    network: t.unknown,
    /** What else the program wants to find again. */
    notes: t.record(t.string, t.union([t.string, t.number])),
  }),
  "Run",
)

export type Run = t.TypeOf<typeof Run>

/** A run, and the tensors that it goes on from. */
export interface Checkpoint<out P> {
  readonly run: Run
  readonly trained: Trained<P>
}

const Stored = t.strict({ run: Run, beta1Power: t.number, beta2Power: t.number })

const moments = { mean: "adamw.mean/", square: "adamw.square/" } as const

/** Checkpoints to bytes and back, as safetensors files. */
export const Checkpoint = {
  // -------------------------------------------------------- destructors

  /** The bytes; borrows the tensors. */
  toBytes:
    <P>(params: Params<P>) =>
    ({ run, trained }: Checkpoint<P>): T.Task<Uint8Array> =>
    async () => {
      const { params: p, state } = trained
      const named = async (prefix: string, tree: P): Promise<ReadonlyArray<NamedArray>> =>
        Promise.all(
          tensorLeaves(params, tree).map(async ([path, leaf]) => ({
            name: prefix + path,
            shape: leaf.shape,
            values: (await leaf.data()) as Float32Array, // parameters are float32
          })),
        )
      const arrays = await Promise.all([
        named("", p),
        named(moments.mean, state.mean),
        named(moments.square, state.square),
      ])
      const { beta1Power, beta2Power } = state
      const stored = JSON.stringify(Stored.encode({ run, beta1Power, beta2Power }))
      return encode({ arrays: arrays.flat(), metadata: { format: "pt", bijou: stored } })
    },

  /** The run alone: what it takes to make the network. */
  runOf: (bytes: Uint8Array): E.Either<CheckpointDamaged, Run> => {
    const read = readStored(bytes)
    return E.isLeft(read) ? read : E.right(read.right.stored.run)
  },

  /**
   * The run and new tensors. `ParameterMismatch` names the first tensor that the network has not, or has in another shape, and then nothing is
   * left.
   */
  fromBytes: <P>(params: Params<P>, bytes: Uint8Array): E.Either<CheckpointDamaged | RevError, Checkpoint<P>> => {
    const read = readStored(bytes)
    if (E.isLeft(read)) return read
    const { arrays, stored } = read.right
    const shapes = shapesOf(params)
    const wanted = new Map(
      ["", moments.mean, moments.square].flatMap((prefix) =>
        [...shapes].map(([path, shape]) => [prefix + path, shape] as const),
      ),
    )
    for (const { name, shape } of arrays) {
      const right = wanted.get(name)
      if (right === undefined)
        return E.left(
          new ParameterMismatch(`The checkpoint has ${name}, and the network has not. Use the network of that run.`),
        )
      if (right.join() !== shape.join())
        return E.left(
          new ParameterMismatch(
            `${name} is [${shape.join(", ")}] in the checkpoint, and [${right.join(", ")}] in the network. Use the network of that run.`,
          ),
        )
    }
    const missing = [...wanted.keys()].find((name) => arrays.every((array) => array.name !== name))
    if (missing !== undefined) return E.left(new CheckpointDamaged(`${missing} is missing`))
    const tree = (prefix: string): P => {
      const leaves = new Map(
        arrays
          .filter(({ name }) => name.startsWith(prefix) && shapes.has(name.slice(prefix.length)))
          .map(({ name, shape, values }) => [name.slice(prefix.length), tf.tensor(values, [...shape], "float32")]),
      )
      const built = Params.fromLeaves(params, leaves)
      if (E.isRight(built)) return built.right
      throw built.left // every leaf is there, in its shape
    }
    const { run, beta1Power, beta2Power } = stored
    const state = { mean: tree(moments.mean), square: tree(moments.square), beta1Power, beta2Power }
    return E.right({ run, trained: { params: tree(""), state } })
  },
}

const readStored = (bytes: Uint8Array) => {
  const decoded = decode(bytes)
  if (E.isLeft(decoded)) return decoded
  const { arrays, metadata } = decoded.right
  const json = E.tryCatch((): unknown => JSON.parse(metadata["bijou"] ?? ""), String)
  if (E.isLeft(json)) return E.left(new CheckpointDamaged("its metadata do not tell of a run of bijou"))
  const stored = Stored.decode(json.right)
  if (E.isRight(stored)) return E.right({ arrays, stored: stored.right })
  const [first] = stored.left
  const field = (first?.context ?? []).map(({ key }) => key).filter((key) => key !== "")
  return E.left(new CheckpointDamaged(`the field ${field.join(".")} of its run is ${JSON.stringify(first?.value)}`))
}

const shapesOf = <P>(params: Params<P>): ReadonlyMap<string, ReadonlyArray<number>> => {
  const p = params.init(Key.fromSeed(0))
  const shapes = new Map(tensorLeaves(params, p).map(([path, { shape }]) => [path, shape]))
  tensorScope.release(p)
  return shapes
}
