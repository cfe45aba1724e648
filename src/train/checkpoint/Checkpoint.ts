/**
 * The state of a training run after some steps. A run resumed from it computes the same bits as one that never stopped.
 *
 * Its bytes are a safetensors file: parameters under their own names, the optimizer's moments under `adamw.mean.` and
 * `adamw.square.`. The metadata hold the run as JSON and digests that show that no bit has changed: the SHA-256 of
 * every array, in pieces of at most `piece` bytes, and the SHA-256 of the header, computed with zeros in place of its
 * own digits.
 *
 * Laws (checked by `test/train/checkpoint.test.ts`):
 *
 * 1. `fromBytes` after `toBytes` gives the same bits, and training resumed from there gives those of training that
 *    never stopped
 * 2. bytes with one changed byte are rejected
 */
import { either as E, option as O, type task as T, type taskEither as TE } from "fp-ts"
import * as t from "io-ts"
import type { Params } from "../../core/Params.ts"
import { quoted, shown } from "../../core/quoted.ts"
import type { RevError } from "../../core/RevError.ts"
import { sizeOf } from "../../exact/frame.ts"
import { tensorLeaves } from "../../tensor/values/parameterSide.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { tf } from "../../tensor/tf.ts"
import { ByteSource } from "./ByteSource.ts"
import { CheckpointDamaged } from "../errors/CheckpointDamaged.ts"
import { joined } from "./joined.ts"
import { mismatch } from "./mismatch.ts"
import { power, integer } from "../../tensor/numbers.ts"
import { nameOf } from "./names.ts"
import { parseJson } from "./parseJson.ts"
import { contradiction, Run } from "./Run.ts"
import { headerOf, readHeader, type ArrayPlace, type Header } from "./Safetensors.ts"
import { sha256 } from "./sha256.ts"
import { orThrow } from "../../core/orThrow.ts"
import type { Trained } from "../step.ts"

// ---------------------------------------------------------------- model

/** A run, and the tensors from which it resumes. */
export interface Checkpoint<out P> {
  readonly run: Run
  readonly trained: Trained<P>
}

const Stored = t.strict({
  version: integer(0),
  run: Run,
  beta1Power: power,
  beta2Power: power,
  /** The most bytes of an array per digest. */
  piece: integer(1),
  /** The digests of each array's pieces, concatenated, in the order of the arrays. */
  sha256: t.readonlyArray(t.string),
})

type Stored = t.TypeOf<typeof Stored>

const moments = { mean: "adamw.mean.", square: "adamw.square." } as const

const [RUN, DIGEST] = ["bijou", "bijou.sha256"]

/** The format of a digest, and a placeholder for one. */
const digits = /^[0-9a-f]{64}$/

const zeros = "0".repeat(64)

const PIECE = 2 ** 26

const VERSION = 2

/** Writes checkpoints as safetensors files and reads them. */
export const Checkpoint = {
  // -------------------------------------------------------- destructors

  /**
   * Yields the bytes, piece by piece. Borrows the tensors, which must not change meanwhile. Throws `RangeError` before
   * the first piece if a run or a number could not be read again.
   */
  pieces: async function* <P>(
    params: Params<P>,
    { run, trained }: Checkpoint<P>,
    { piece = PIECE }: { readonly piece?: number } = {},
  ): AsyncGenerator<Uint8Array, void> {
    const { beta1Power, beta2Power, ...state } = trained.state
    const arrays = [
      ...tensorLeaves(params, trained.params).map(([path, leaf]) => ({ name: nameOf(path), leaf })),
      ...tensorLeaves(params, state.mean).map(([path, leaf]) => ({ name: moments.mean + nameOf(path), leaf })),
      ...tensorLeaves(params, state.square).map(([path, leaf]) => ({ name: moments.square + nameOf(path), leaf })),
    ].map(({ name, leaf }) => ({ name, leaf, shape: leaf.shape }))
    const digests: string[] = []
    for (const { name, leaf } of arrays) {
      const values = await valuesOf(leaf)
      const wrong = unlikely(name, values)
      if (wrong !== null) throw new RangeError(`A checkpoint could not be read again: ${wrong}.`)
      digests.push(await digestOf(values, piece))
    }
    const stored = { version: VERSION, run, beta1Power, beta2Power, piece, sha256: digests }
    const readable = readableStored(stored)
    if (E.isLeft(readable)) throw new RangeError(`A checkpoint could not be read again: ${readable.left}.`)
    const metadata = [
      ["format", "pt"],
      [DIGEST, zeros],
      [RUN, JSON.stringify(Stored.encode(stored))],
    ] as const
    const text = new TextDecoder().decode(headerOf(arrays, new Map(metadata)).subarray(8))
    const digest = await sha256(new TextEncoder().encode(text))
    yield headerOf(arrays, new Map([...metadata, [DIGEST, digest]]))
    for (const { leaf } of arrays)
      for (const part of partsOf(await valuesOf(leaf), piece)) if (part.length > 0) yield part
  },

  /** Returns the bytes. Borrows the tensors. `pieces` takes less memory. */
  toBytes:
    <P>(params: Params<P>, checkpoint: Checkpoint<P>): T.Task<Uint8Array> =>
    () =>
      joined(Checkpoint.pieces(params, checkpoint)),

  /** Reads only the run, which is enough to make the network. Does not read the arrays. */
  runOf:
    (bytes: Uint8Array | ByteSource): TE.TaskEither<CheckpointDamaged, Run> =>
    async () =>
      E.map(({ stored }: Read) => stored.run)(await readStored(sourceOf(bytes))),

  /**
   * Reads the run and its tensors, one after another. `ParameterMismatch` names the first tensor that the network lacks
   * or has in another shape. After an error no tensor remains.
   */
  fromBytes:
    <P>(
      params: Params<P>,
      bytes: Uint8Array | ByteSource,
    ): TE.TaskEither<CheckpointDamaged | RevError, Checkpoint<P>> =>
    async () => {
      const source = sourceOf(bytes)
      const read = await readStored(source)
      if (E.isLeft(read)) return read
      const { header, stored } = read.right
      await tf.ready()
      const wrong = mismatch(params, header.arrays, ["", ...Object.values(moments)])
      if (wrong !== null) return E.left(wrong)
      const tensors = new Map<string, tf.Tensor>()
      let whole = false
      try {
        for (const [i, array] of header.arrays.entries()) {
          const values = await readArray(source, array, stored.piece, stored.sha256[i] ?? "")
          if (E.isLeft(values)) return values
          tensors.set(array.name, tf.tensor(values.right, [...array.shape], "float32"))
        }
        whole = true
      } finally {
        if (!whole) tensorScope.release([...tensors.values()])
      }
      // `mismatch` has checked every leaf and its shape.
      const tree = (prefix: string): P =>
        orThrow(params.rebuild((path) => O.fromNullable(tensors.get(prefix + nameOf(path)))))
      const { run, beta1Power, beta2Power } = stored
      const state = { mean: tree(moments.mean), square: tree(moments.square), beta1Power, beta2Power }
      return E.right({ run, trained: { params: tree(""), state } })
    },
}

// ---------------------------------------------------------- destructors

/** Whether a file's header is that of a checkpoint, and not of parameters alone. */
export const isCheckpoint = ({ metadata }: Header): boolean => metadata.has(RUN)

const sourceOf = (bytes: Uint8Array | ByteSource): ByteSource =>
  bytes instanceof Uint8Array ? ByteSource.fromBytes(bytes) : bytes

const valuesOf = async (leaf: tf.Tensor): Promise<Float32Array<ArrayBuffer>> => {
  const values = (await leaf.data()) as Float32Array // parameters are float32
  return values.buffer instanceof ArrayBuffer ? (values as Float32Array<ArrayBuffer>) : new Float32Array(values)
}

/** Cuts the bytes of numbers into pieces. An empty array has one empty piece. */
const partsOf = (values: Float32Array<ArrayBuffer>, piece: number): ReadonlyArray<Uint8Array<ArrayBuffer>> => {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return Array.from({ length: Math.max(1, Math.ceil(bytes.length / piece)) }, (_, i) =>
    bytes.subarray(i * piece, (i + 1) * piece),
  )
}

const digestOf = async (values: Float32Array<ArrayBuffer>, piece: number): Promise<string> => {
  const digests: string[] = []
  for (const part of partsOf(values, piece)) digests.push(await sha256(part))
  return digests.join("")
}

/** Returns what training cannot produce, as the end of a sentence, or null. */
const unlikely = (name: string, values: Float32Array): string | null => {
  const least = name.startsWith(moments.square) ? 0 : -Infinity
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN
    if (!(value >= least && Math.abs(value) < Infinity)) return `${quoted(name)} has the number ${value}`
  }
  return null
}

interface Read {
  readonly header: Header
  readonly stored: Stored
}

const readStored = async (source: ByteSource): Promise<E.Either<CheckpointDamaged, Read>> => {
  const read = await readHeader(source)()
  if (E.isLeft(read)) return read
  const header = read.right
  const run = header.metadata.get(RUN)
  if (run === undefined) return damaged("its metadata do not contain a run of bijou")
  const digest = header.metadata.get(DIGEST)
  if (digest === undefined || !digits.test(digest))
    return damaged("its metadata have no SHA-256, which shows that no bit has changed")
  const place = header.text.indexOf(`"${DIGEST}":"${digest}"`) + DIGEST.length + 4
  const sealed = header.text.slice(0, place) + zeros + header.text.slice(place + zeros.length)
  if ((await sha256(new TextEncoder().encode(sealed))) !== digest)
    return damaged("its header, which contains the run, is not as it was written: its SHA-256 differs")
  const json = parseJson(run)
  if (E.isLeft(json)) return damaged(`the run in its metadata ${json.left}`)
  const stored = readableStored(json.right)
  if (E.isLeft(stored)) return damaged(stored.left)
  const digests = stored.right.sha256
  const wrong = header.arrays.findIndex(
    ({ shape }, i) => digests[i]?.length !== 64 * Math.max(1, Math.ceil((4 * sizeOf(shape)) / stored.right.piece)),
  )
  if (wrong >= 0 || digests.length !== header.arrays.length)
    return damaged(
      `it has SHA-256 digests for ${digests.length} arrays, which do not match its ${header.arrays.length} arrays`,
    )
  return E.right({ header, stored: stored.right })
}

/** Returns what is stored, or what is wrong with it as the end of a sentence. */
const readableStored = (given: unknown): E.Either<string, Stored> => {
  const stored = Stored.decode(given)
  if (E.isRight(stored)) {
    const { version, run } = stored.right
    if (version !== VERSION) return E.left(`its version is ${version}, but this program reads version ${VERSION}`)
    const wrong = contradiction(run)
    return wrong === null ? stored : E.left(wrong)
  }
  // io-ts names the last member that it tried of a union. The longest path has the error of the first.
  const first = stored.left.reduce((x, y) => (y.context.length > x.context.length ? y : x))
  // The members of a union are numbered, but these numbers are not in the file.
  const keys = first.context.filter(({ key }, i) => key !== "" && !(first.context[i - 1]?.type instanceof t.UnionType))
  const field = keys.map(({ key }) => (/^[\w. -]{1,40}$/.test(key) ? key : quoted(key))).join(".")
  const wanted = first.context.at(-1)?.type.name
  return E.left(`the field ${field} of its run is ${shown(first.value)}, not ${wanted}`)
}

/** Reads the numbers of one array and checks that they are those that were written. */
const readArray = async (
  { read }: ByteSource,
  { name, shape, at }: ArrayPlace,
  piece: number,
  digests: string,
): Promise<E.Either<CheckpointDamaged, Float32Array<ArrayBuffer>>> => {
  const size = 4 * sizeOf(shape)
  const bytes = new Uint8Array(size)
  for (let begin = 0, i = 0; begin < size || i === 0; begin += piece, i++) {
    const part = await read(at + begin, Math.min(piece, size - begin))
    if ((await sha256(part)) !== digests.slice(64 * i, 64 * (i + 1)))
      return damaged(`the numbers of ${quoted(name)} are not as they were written: their SHA-256 differs`)
    bytes.set(part, begin)
  }
  const values = new Float32Array(bytes.buffer)
  const wrong = unlikely(name, values)
  return wrong === null ? E.right(values) : damaged(wrong)
}

const damaged = (reason: string): E.Either<CheckpointDamaged, never> => E.left(new CheckpointDamaged(reason))
