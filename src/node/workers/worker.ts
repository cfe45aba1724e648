/**
 * The script of a worker: it loads the user's module, then evaluates the runs of micro-batches that it is asked for.
 */
import { parentPort, workerData } from "node:worker_threads"
import { either as E } from "fp-ts"
import { peakBytes } from "../../tensor/values/buffers.ts"
import { ParameterLayout } from "../../tensor/values/ParameterLayout.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { evaluateRun, type Objective } from "../../train/Gradients.ts"
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { UnusableInput } from "../errors/UnusableInput.ts"
import { loadModule } from "../modules/loadModule.ts"
import { enterRuntime } from "../runtime/enterRuntime.ts"
import type { Answer, Greeting, Orders, Question } from "./messages.ts"
import { toPlain } from "./PlainError.ts"

const send = (message: Greeting | Answer): void => parentPort?.postMessage(message)

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const loadObjective = async (orders: Orders): Promise<Objective<unknown, unknown, unknown>> => {
  const { module, export: name, argument } = orders
  const exports = await loadModule(module)
  if (!(name in exports))
    throw new UnusableInput(
      `${module} has no export named ${name}. It exports ${Object.keys(exports).join(", ") || "nothing"}.`,
    )
  const exported = exports[name]
  const objective: unknown = typeof exported === "function" ? await exported(argument) : exported
  if (isObjective(objective)) return objective
  throw new UnusableInput(
    `The export ${name} of ${module} is not an objective. Export { network, data }, or a function that returns them.`,
  )
}

const isObjective = (value: unknown): value is Objective<unknown, unknown, unknown> =>
  typeof value === "object" &&
  value !== null &&
  "data" in value &&
  typeof value.data === "function" &&
  "network" in value &&
  typeof value.network === "object" &&
  value.network !== null &&
  "params" in value.network &&
  "pullback" in value.network

const answer =
  (objective: Objective<unknown, unknown, unknown>, orders: Orders) =>
  async ({ step, groups, run, layout, parameters, sums }: Question): Promise<Answer> => {
    const { params } = objective.network
    const read = ParameterLayout.read(layout, params, parameters)
    if (E.isLeft(read)) return { _tag: "Refused", error: toPlain(read.left) }
    const { result: nodes, peak } = await peakBytes(
      evaluateRun(objective, { params: read.right, step }, groups, run, orders),
    ).finally(() => tensorScope.release(read.right))
    if (E.isLeft(nodes)) return { _tag: "Refused", error: toPlain(nodes.left) }
    try {
      for (const [i, { value }] of nodes.right.entries())
        await ParameterLayout.write(layout, params, value.grads, sums[i] ?? new Float32Array(0))
      return {
        _tag: "Summed",
        nodes: nodes.right.map(({ first, count, value }) => ({ first, count, value: value.loss })),
        peak,
      }
    } finally {
      tensorScope.release(nodes.right)
    }
  }

try {
  const orders = workerData as Orders // the pool starts a worker with this data
  await enterRuntime(orders.runtime)
  const answerTo = answer(await loadObjective(orders), orders)
  parentPort?.on("message", (question: Question) => {
    answerTo(question).then(send, (error: unknown) => send({ _tag: "Threw", reason: reasonOf(error) }))
  })
  send({ _tag: "Ready" })
} catch (error) {
  const kind = error instanceof UnusableInput || error instanceof NativeUnavailable ? error._tag : "Error"
  send({ _tag: "Unable", kind, reason: reasonOf(error) })
}
