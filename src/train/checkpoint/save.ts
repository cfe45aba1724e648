/**
 * Saving a trained network.
 */
import { shown } from "../../core/quoted.ts"
import type { TrainedNetwork } from "../TrainedNetwork.ts"
import { Checkpoint } from "./Checkpoint.ts"
import type { Files } from "./Files.ts"
import { joined } from "./joined.ts"
import { parameterPieces } from "./parametersFile.ts"

// ---------------------------------------------------------------- model

/** What is saved: all that training goes on from, or parameters alone, a third of it. */
export interface SaveOptions {
  /** "training" unless given. */
  readonly contents?: "training" | "parameters"
}

/**
 * Saves a network as a safetensors file, by a path, a `file:` URL or a stream; without a place it resolves to the
 * bytes.
 */
export interface Save {
  <P, I, Y, T, M extends string, S>(
    trained: TrainedNetwork<P, I, Y, T, M, S>,
    place?: undefined,
    options?: SaveOptions,
  ): Promise<Uint8Array<ArrayBuffer>>
  <P, I, Y, T, M extends string, S>(
    trained: TrainedNetwork<P, I, Y, T, M, S>,
    place: string | URL | WritableStream<Uint8Array>,
    options?: SaveOptions,
  ): Promise<void>
}

// --------------------------------------------------------- constructors

/** `save` on files. */
export const saveTo = ({ write }: Files): Save => {
  function save<P, I, Y, T, M extends string, S>(
    trained: TrainedNetwork<P, I, Y, T, M, S>,
    place?: undefined,
    options?: SaveOptions,
  ): Promise<Uint8Array<ArrayBuffer>>
  function save<P, I, Y, T, M extends string, S>(
    trained: TrainedNetwork<P, I, Y, T, M, S>,
    place: string | URL | WritableStream<Uint8Array>,
    options?: SaveOptions,
  ): Promise<void>
  async function save<P, I, Y, T, M extends string, S>(
    { network, trained, run }: TrainedNetwork<P, I, Y, T, M, S>,
    place?: string | URL | WritableStream<Uint8Array>,
    { contents = "training" }: SaveOptions = {},
  ): Promise<Uint8Array<ArrayBuffer> | void> {
    if (!["training", "parameters"].includes(contents))
      throw new RangeError(`contents must be "training" or "parameters", not ${shown(contents)}.`)
    const { params } = network.bijection
    const pieces =
      contents === "parameters" ? parameterPieces(params, trained.params) : Checkpoint.pieces(params, { run, trained })
    if (place === undefined) return joined(pieces)
    if (typeof place === "string") return write(place, pieces)
    if (place instanceof URL) return write(filePath(place), pieces)
    if (typeof place !== "object" || place === null || !("getWriter" in place))
      throw new RangeError(`save takes a path, a file: URL or a WritableStream, not ${shown(place)}.`)
    const writer = place.getWriter()
    try {
      for await (const piece of pieces) await writer.write(piece)
      await writer.close()
    } catch (error) {
      await writer.abort(error).catch(() => {}) // it has failed already
      throw error
    } finally {
      writer.releaseLock()
    }
  }
  return save
}

// ---------------------------------------------------------- destructors

/** The path of a `file:` URL. */
export const filePath = (url: URL): string => {
  if (url.protocol !== "file:") throw new RangeError(`A file is written by a path or a file: URL, not ${url.href}.`)
  const path = decodeURIComponent(url.pathname)
  return /^\/[a-z]:/i.test(path) ? path.slice(1) : path
}
