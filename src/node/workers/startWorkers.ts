/**
 * Threads that share every batch and compute the same bits as one thread.
 */
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { either as E } from "fp-ts"
import type { Params } from "../../core/Params.ts"
import { Plan } from "../../core/Plan.ts"
import { buffers } from "../../tensor/values/buffers.ts"
import { ParameterLayout } from "../../tensor/values/ParameterLayout.ts"
import { currentRuntime } from "../../tensor/Runtime.ts"
import { WorkerFailed } from "../../train/errors/WorkerFailed.ts"
import { refuseUnlessFinite, type Gradient } from "../../train/Gradient.ts"
import type { Gradients, MicroBatching } from "../../train/Gradients.ts"
import { microBatches, runs } from "../../train/microBatches.ts"
import { appended, nodesIn, total, type PartialSum } from "../../train/treeSum.ts"
import { UnusableInput } from "../errors/UnusableInput.ts"
import { loadedTensorflow } from "../tensorflow/useTensorflow.ts"
import type { Orders } from "./messages.ts"
import { fromPlain } from "./PlainError.ts"
import { isShareable, notShareable } from "./shareable.ts"
import { startMember } from "./startMember.ts"

// ---------------------------------------------------------------- model

/** What the workers evaluate, and how many there are. */
export interface WorkersOptions extends MicroBatching {
  /**
   * The module that every worker imports, TypeScript or JavaScript: its path, or a `file:` URL such as
   * `import.meta.url`.
   */
  readonly module: string | URL
  /** The name of its export: an `Objective`, or a function that returns one or a promise of one. */
  readonly export: string
  /** The argument of that function. Every worker gets a copy, except of shared memory. */
  readonly argument?: unknown
  /** The number of workers. No bit depends on it. */
  readonly count: number
}

/** A pool of workers. */
export interface Workers<in out P> extends Gradients<P> {
  /** Terminates all workers immediately. Evaluations in progress end in `WorkerFailed`. */
  readonly stop: () => Promise<void>
  /** Returns the memory of the steps so far. */
  readonly memory: () => WorkersMemory
}

/** Memory in bytes. */
export interface WorkersMemory {
  /** The memory that all threads share: parameters, and sums of gradients. */
  readonly shared: number
  /**
   * The most bytes while workers evaluate: shared memory, the tensors of this thread, and the most tensors of every
   * worker.
   */
  readonly most: number
}

// --------------------------------------------------------- constructors

/**
 * Starts workers that compute on the backend of this thread, so choose it first. Each worker's BLAS has as many threads
 * as this thread's. Workers share the threads of its TensorFlow, where one thread lets workers compute concurrently.
 * The bits are those of `microBatched` in this thread, for any `count`. `params` are those of the network in the
 * module.
 *
 * If a worker is lost, the current and every later step ends in `WorkerFailed`. Stop the pool at the end. Rejects with
 * a sentence if a worker cannot start, and leaves none running. Throws `RangeError` for a batch with fewer
 * micro-batches than workers.
 *
 * ```ts no-run
 * import { gpt } from "bijou/net"
 * import { useBackend } from "bijou/tensor"
 * import { startWorkers } from "bijou/workers"
 *
 * const sizes = { vocabulary: 256, context: 64, width: 128, heads: 4, depth: 6 }
 * const { bijection: network } = gpt({ ...sizes, fractionBits: 9, dropout: 0 })
 * await useBackend("wasm")
 * const module = new URL("objective.ts", import.meta.url) // exports { network, data } as objective
 * const workers = await startWorkers(network.params, { module, export: "objective", count: 2, size: 8, seed: 1 })
 * ```
 */
export const startWorkers = async <P>(params: Params<P>, options: WorkersOptions): Promise<Workers<P>> => {
  const { count, size } = options
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`count must be an integer of at least 1, not ${count}.`)
  const orders = ordersOf(options)
  const started = await Promise.allSettled(Array.from({ length: count }, () => startMember(orders)))
  const members = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))
  const stop = async (): Promise<void> => void (await Promise.all(members.map((member) => member.stop())))
  for (const one of started)
    if (one.status === "rejected") {
      await stop()
      throw one.reason
    }
  const memory = sharedMemory()
  let most = 0
  const at: Gradients<P>["at"] =
    ({ params: p, step, samples }) =>
    async () => {
      const groups = microBatches(samples, size)
      const parts = runs(groups.length, count)
      const layout = ParameterLayout.of(params, p)
      const parameters = memory.array("parameters", layout.size)
      await ParameterLayout.write(layout, params, p, parameters)
      const sums = parts.map(([first, end], i) =>
        Array.from({ length: nodesIn([first, end]).left }, (_, node) => memory.array(`sum ${i} ${node}`, layout.size)),
      )
      const answers = await Promise.all(
        members.map((member, i) =>
          member.ask({ step, groups, run: parts[i] ?? [0, 0], layout, parameters, sums: sums[i] ?? [] }),
        ),
      )
      // Answers are in the order of the micro-batches, so the first error found is that of the batch's first failing
      // micro-batch.
      for (const [i, answer] of answers.entries()) {
        if (answer._tag === "Refused") return E.left(fromPlain(answer.error))
        if (answer._tag !== "Summed") return E.left(new WorkerFailed({ worker: i + 1, step, reason: answer.reason }))
      }
      const peaks = answers.map((answer) => (answer._tag === "Summed" ? answer.peak : 0))
      most = Math.max(most, memory.bytes() + buffers().bytes + peaks.reduce((sum, peak) => sum + peak, 0))
      const nodes = answers.flatMap((answer, i) =>
        answer._tag !== "Summed"
          ? []
          : answer.nodes.map(({ value: loss, ...place }, n) => ({
              ...place,
              value: { loss, grads: sums[i]?.[n] ?? none },
            })),
      )
      const { loss, grads } = total(addInPlace)(nodes.reduce<ReadonlyArray<PartialSum<Sum>>>(appended(addInPlace), []))
      const tree = ParameterLayout.read(layout, params, grads)
      if (E.isLeft(tree)) return tree
      return refuseUnlessFinite(params, step)({ loss: loss / groups.length, grads: tree.right })()
    }
  return { params, at: oneByOne(at), stop, memory: () => ({ shared: memory.bytes(), most }) }
}

/** The loss of a node and its gradients in shared memory, both as sums. */
type Sum = Gradient<Float32Array>

const none = new Float32Array(0)

/** Adds into the left array. */
const addInPlace = (left: Sum, right: Sum): Sum => {
  ParameterLayout.add(left.grads, right.grads)
  return { loss: left.loss + right.loss, grads: left.grads }
}

const ordersOf = ({ module, export: name, argument, size, seed, plan }: WorkersOptions): Orders => {
  const path = String(module)
  const runtime = currentRuntime()
  if (!isShareable(runtime.backend)) throw new UnusableInput(notShareable(runtime.backend))
  if (runtime.backend === "tensorflow") checkTensorflow()
  return {
    module: path.startsWith("file:") ? fileURLToPath(path) : resolve(path),
    export: name,
    argument,
    runtime,
    size,
    seed,
    plan: plan ?? Plan.reversed,
  }
}

/** Throws `UnusableInput` if workers cannot use the TensorFlow of this process. */
const checkTensorflow = (): void => {
  const loaded = loadedTensorflow()
  if (loaded === null)
    throw new UnusableInput(
      "Workers support TensorFlow only if `useTensorflow` of bijou/native started it. Start it with that.",
    )
  if (loaded.device === "gpu") throw new UnusableInput(notShareable(loaded.name))
}

/** Makes arrays that all threads share, by name, and reuses them from step to step. */
const sharedMemory = () => {
  const arrays = new Map<string, Float32Array>()
  return {
    array: (name: string, size: number): Float32Array => {
      const kept = arrays.get(name)
      if (kept?.length === size) return kept
      const made = new Float32Array(new SharedArrayBuffer(4 * size))
      arrays.set(name, made)
      return made
    },
    bytes: (): number => [...arrays.values()].reduce((sum, { byteLength }) => sum + byteLength, 0),
  }
}

/** The shared memory serves one step at a time. */
const oneByOne = <P>(at: Gradients<P>["at"]): Gradients<P>["at"] => {
  let before: Promise<unknown> = Promise.resolve()
  return (position) => () => {
    const result = before.then(at(position))
    before = result.catch(() => {})
    return result
  }
}
