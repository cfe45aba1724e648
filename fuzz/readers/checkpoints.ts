/**
 * Checkpoints, which are safetensors files: a length, then a JSON header with the run as JSON in its metadata.
 */
import { createHash } from "node:crypto"
import { either as E } from "fp-ts"
import { isRevError, Key } from "bijou"
import { AdamW, Checkpoint, gpt } from "bijou/net"
import { currentRuntime, tensorScope } from "bijou/tensor"
import { CheckpointDamaged } from "../../src/train/errors/CheckpointDamaged.ts"
import { refused, type Reader, type Target } from "../Reader.ts"

/** Runs of two small networks, whole and as `runOf` reads them. */
export const checkpoints: Reader = {
  name: "checkpoints",
  targets: async () => {
    const targets: Target[] = []
    for (const depth of [1, 2]) {
      const network = { vocabulary: 3, context: 2, width: 2, heads: 1, depth, fractionBits: 9, dropout: 0 }
      const { params } = gpt(network).bijection
      const start = params.init(Key.fromSeed(1))
      const bytes = await Checkpoint.toBytes(params, {
        run: {
          ...{ steps: 3, seed: 1, batch: 2, microBatch: 1, workers: null, optimizer: AdamW.config, network },
          runtime: currentRuntime(),
          schedule: { peak: 0.01, floor: 0.001, warmup: 2, steps: 9 },
          fit: { budget: 1e6, peak: 5e5, ms: 2.5, parts: [{ path: "blocks/0", choice: "keep", bytes: 100, ms: 0.5 }] },
          notes: { "first loss": 1.5, text: "abc" },
        },
        trained: { params: start, state: AdamW.init(params, start) },
      })()
      targets.push({
        bytes,
        edit: editHeader,
        read: async (given) => {
          const run = await Checkpoint.runOf(given)()
          const result = await Checkpoint.fromBytes(params, given)()
          if (E.isRight(result)) return { _tag: "accepted", release: () => tensorScope.release(result.right.trained) }
          if (E.isLeft(run) && run.left.message !== result.left.message) throw run.left
          if (!isRevError(result.left) && !(result.left instanceof CheckpointDamaged)) throw result.left
          return refused(result.left)
        },
      })
    }
    return targets
  },
}

/** Edits the header and its digest, so that the checks after the digest are reached. */
const editHeader = (bytes: Uint8Array, edit: (json: string) => string): Uint8Array => {
  if (bytes.length < 8) return bytes
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(0, true))
  const json = new TextEncoder().encode(sealed(edit(new TextDecoder().decode(bytes.subarray(8, 8 + length)))))
  const rest = bytes.subarray(8 + length)
  const edited = new Uint8Array(8 + json.length + rest.length)
  new DataView(edited.buffer).setBigUint64(0, BigInt(json.length), true)
  edited.set(json, 8)
  edited.set(rest, 8 + json.length)
  return edited
}

const sealed = (header: string): string => {
  const withDigest = (digest: string) => header.replace(/("bijou\.sha256":")[0-9a-f]{64}/, `$1${digest}`)
  return withDigest(
    createHash("sha256")
      .update(withDigest("0".repeat(64)))
      .digest("hex"),
  )
}
