/**
 * JSON that describes networks, and options as a command line gives them.
 */
import { either as E } from "fp-ts"
import { gpt, GptConfig } from "bijou/net"
import { decodeLedgerOptions } from "../../src/cli/ledger/LedgerOptions.ts"
import { decodeStartOptions } from "../../src/cli/start/StartOptions.ts"
import { UnusableInput } from "../../src/node/errors/UnusableInput.ts"
import { accepted, refused, type Outcome, type Reader, type Target } from "../Reader.ts"

const config = { vocabulary: 7, context: 4, width: 8, heads: 2, depth: 3, fractionBits: 9, dropout: 0.25 }

/** Sizes of a GPT, decoded and, where that works, made into a network. */
export const networks: Reader = {
  name: "networks",
  targets: async () => [
    text(config, (json) => {
      if (E.isLeft(GptConfig.decode(json))) return refused(new Error("no GptConfig"))
      return network(() => gpt(json as GptConfig)) // it was decoded
    }),
    text(config, (json) => network(() => gpt(json as GptConfig))), // which it may not be: gpt decodes it
  ],
}

const given = {
  ...{ depth: "2", width: "8", heads: "2", batch: "2", context: "8", seed: "1", backend: "cpu", native: true },
  ...{ steps: "3", out: "report.html", budget: "64MB", microBatch: "2", workers: "1", threads: "1" },
  ...{ vocabulary: "16", plan: "reversed", predict: true, json: false },
}

const decoders: ReadonlyArray<(given: unknown) => E.Either<UnusableInput, unknown>> = [
  decodeStartOptions,
  decodeLedgerOptions,
]

/** Options of commands; a number is written in digits there, so it is the text of a JSON string. */
export const options: Reader = {
  name: "options",
  targets: async () =>
    decoders.map((decode) =>
      text(given, (json) => {
        const decoded = decode(json)
        if (E.isRight(decoded)) return accepted
        if (!(decoded.left instanceof UnusableInput)) throw decoded.left
        return refused(decoded.left)
      }),
    ),
}

const network = (make: () => unknown): Outcome => {
  try {
    make()
    return accepted
  } catch (error) {
    if (error instanceof RangeError && !error.message.startsWith("Maximum")) return refused(error)
    throw error
  }
}

/** What is no JSON is none of these readers' business. */
const text = (whole: unknown, read: (json: unknown) => Outcome): Target => ({
  bytes: new TextEncoder().encode(JSON.stringify(whole)),
  edit: (bytes, edit) => new TextEncoder().encode(edit(new TextDecoder().decode(bytes))),
  read: async (bytes) => {
    const json = E.tryCatch((): unknown => JSON.parse(new TextDecoder().decode(bytes)), String)
    return E.isLeft(json) ? refused(new Error("no JSON")) : read(json.right)
  },
})
