/**
 * Threads that share every batch, with the bits of one.
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

/** What workers evaluate, and how many of them there are. */
export interface WorkersOptions extends MicroBatching {
  /** The module that every worker imports, TypeScript or JavaScript: its path, or a `file:` address such as `import.meta.url`. */
  readonly module: string | URL
  /** Its export that is an `Objective`, or a function that returns one or a promise of one. */
  readonly export: string
  /** What that function is given; it is copied into every worker, but for what is shared. */
  readonly argument?: unknown
  /** How many workers. No bit depends on it. */
  readonly count: number
}

/** A pool of workers. */
export interface Workers<in out P> extends Gradients<P> {
  /** Ends all of them at once; what they were evaluating ends in `WorkerFailed`. */
  readonly stop: () => Promise<void>
  /** What memory the steps so far took. */
  readonly memory: () => WorkersMemory
}

/** Bytes. */
export interface WorkersMemory {
  /** Of what all threads have: parameters, and sums of gradients. */
  readonly shared: number
  /** The most while workers evaluate: what is shared, the tensors of this thread, and the most tensors of every worker. */
  readonly most: number
}

// --------------------------------------------------------- constructors

/**
 * Starts workers that compute as this thread does, on its backend, so choose that first: with as many threads of its BLAS each, or with the
 * threads of its TensorFlow together, where one thread lets workers compute at once. The bits are those of `microBatched` in this thread, for
 * any `count`; `params` are those of the network in the module.
 *
 * A worker that is lost ends the step, and every later one, in `WorkerFailed`. Stop the pool at the end. Rejects with a sentence where a
 * worker cannot start, and then none is left; throws `RangeError` at a batch with fewer micro-batches than workers.
 *
 * ```ts no-run
 * import { gpt } from "bijou/net"
 * import { useBackend } from "bijou/tensor"
 * import { startWorkers } from "bijou/workers"
 *
 * const { network } = gpt({ vocabulary: 256, context: 64, width: 128, heads: 4, depth: 6, fractionBits: 9, dropout: 0 })
 * await useBackend("wasm")
 * const module = new URL("objective.ts", import.meta.url) // exports { network, data } as objective
 * const workers = await startWorkers(network.params, { module, export: "objective", count: 2, size: 8, seed: 1 })
 * ```
 */
export const startWorkers = async <P>(params: Params<P>, options: WorkersOptions): Promise<Workers<P>> => {
  const { count, size } = options
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`count must be a whole number of workers from 1 on, not ${count}.`)
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
      // Runs stand in the order of their micro-batches, so the first error of the batch is that of the first worker that has one.
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

/** The loss of a node and its gradients in shared memory, both sums. */
type Sum = Gradient<Float32Array>

const none = new Float32Array(0)

/** Sums into the left array. */
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

/** Throws `UnusableInput` where workers cannot have the TensorFlow of this process too. */
const checkTensorflow = (): void => {
  const loaded = loadedTensorflow()
  if (loaded === null)
    throw new UnusableInput("Workers run on the TensorFlow of `useTensorflow` of bijou/native alone. Start it by that.")
  if (loaded.device === "gpu") throw new UnusableInput(notShareable(loaded.name))
}

/** Arrays that all threads have, by name, kept from step to step. */
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

/** The memory is that of one step at a time. */
const oneByOne = <P>(at: Gradients<P>["at"]): Gradients<P>["at"] => {
  let before: Promise<unknown> = Promise.resolve()
  return (position) => () => {
    const result = before.then(at(position))
    before = result.catch(() => {})
    return result
  }
}
