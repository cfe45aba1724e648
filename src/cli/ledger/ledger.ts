/**
 * `bijou ledger`: the memory of a GPT's training step by owner, as a table, as JSON and as a drawing.
 */
import { Key } from "../../core/Key.ts"
import { Plan } from "../../core/Plan.ts"
import { gpt } from "../../net/Gpt.ts"
import { checkPlace, writeAtomically } from "../../node/files/outputFile.ts"
import { tensorLeaves } from "../../tensor/values/parameterSide.ts"
import { inShapes } from "../../tensor/shapes/inShapes.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { tf } from "../../tensor/tf.ts"
import { AdamW } from "../../train/AdamW.ts"
import { inMegabytes } from "../../train/memory/ByteSize.ts"
import { fitTable, planOf } from "../../train/memory/Fit.ts"
import type { Ledger } from "../../train/memory/Ledger.ts"
import { Speed } from "../../train/memory/Speed.ts"
import { measureLedger, predictLedger } from "../../train/memory/ledgerOf.ts"
import { ledgerSvg } from "../../train/memory/ledgerSvg.ts"
import { ledgerTable } from "../../train/memory/ledgerTable.ts"
import { measureSpeed } from "../../train/memory/measureSpeed.ts"
import { fitBudget } from "../fitBudget.ts"
import { LedgerReport } from "./LedgerReport.ts"
import type { LedgerOptions } from "./LedgerOptions.ts"
import { startBackend } from "../startBackend.ts"
import { orThrow } from "../../core/orThrow.ts"
import { paragraph, say } from "../say.ts"

/** Runs the command and returns its exit code. Throws `UnusableInput`, or the error of the network. */
export const ledger = async (options: LedgerOptions): Promise<number> => {
  const { budget, json, predict, svg, depth, width, heads, batch, context, vocabulary } = options
  if (svg !== undefined) await checkPlace("--svg", svg)
  const backend = await startBackend(options)
  const speed = predict || budget === undefined ? Speed.oneCore : await speedFor(options)
  const { parameters, fit, expected, measure, release } = predict
    ? inShapes(() => foresee(options, speed))
    : foresee(options, speed)
  const measured = predict ? null : orThrow(await measure())
  const processPeak = predict ? null : process.resourceUsage().maxRSS * 1024
  release()
  const account = measured === null ? expected : withWork(measured, expected)
  const title = `A GPT of ${parameters.toLocaleString("en-US")} parameters, K = ${depth}, on ${backend}`
  if (svg !== undefined)
    await writeAtomically("--svg", svg, ledgerSvg(account, { title, ...(budget === undefined ? {} : { budget }) }))
  if (json) {
    const sizes = { depth, width, heads, batch, context, vocabulary, parameters }
    say(JSON.stringify(LedgerReport.encode({ backend, ...sizes, fit, ledger: account, processPeak }), null, 2))
    return 0
  }
  paragraph(title)
  say("")
  if (fit !== null) {
    paragraph(`Times below assume ${Speed.toText(speed)}, ${predict ? "as on one core" : "as measured"}.`)
    say(`${fitTable(fit)}\n`)
  }
  say(ledgerTable(account))
  if (processPeak !== null) say(`peak of the process ${inMegabytes(processPeak)}`)
  if (svg !== undefined) say(`\nWritten to ${svg}`)
  return 0
}

/** The network, a batch of zeros, the plan and the predicted ledger of a step; `measure` runs the step. */
const foresee = ({ budget, plan: name, seed, batch, context, ...sizes }: LedgerOptions, speed: Speed) => {
  const { bijection: network } = gpt({ ...sizes, context, fractionBits: 9, dropout: 0 })
  const params = network.params.init(Key.fromSeed(seed))
  const state = AdamW.init(network.params, params)
  const ids = () => tf.zeros([batch, context], "int32")
  const input = [ids(), ids()] as const
  const samples = Array.from({ length: batch }, (_, i) => i)
  const given = { params, state, input, seed, samples }
  const fit = budget === undefined ? null : fitBudget(network, given, { budget, speed })
  const step = { ...given, plan: fit === null ? Plan[name] : planOf(fit) }
  return {
    parameters: tensorLeaves(network.params, params).reduce((sum, [, { size }]) => sum + size, 0),
    fit,
    expected: orThrow(predictLedger(network, step)),
    measure: measureLedger(network, step),
    measureSpeed: measureSpeed(network, step, () => performance.now()),
    release: () => tensorScope.release([params, state, input]),
  }
}

/** Measures the speed of this machine, within the budget. */
const speedFor = async (options: LedgerOptions): Promise<Speed> => {
  const { measureSpeed: measured, release } = foresee(options, Speed.oneCore)
  const speed = orThrow(await measured())
  release()
  return speed
}

/** A measured ledger with the work of the predicted one, which follows from shapes. */
const withWork = (measured: Ledger, expected: Ledger): Ledger => ({
  ...measured,
  moments: measured.moments.map((moment, i) => ({
    ...moment,
    operations: expected.moments[i]?.operations ?? 0,
    moved: expected.moments[i]?.moved ?? 0,
  })),
})
