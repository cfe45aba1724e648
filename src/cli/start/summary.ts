/**
 * The report for a person, in lines that fit a narrow terminal.
 */
import type { Report } from "./Report.ts"

// ---------------------------------------------------------- destructors

/** Everything `report.json` has, and what to think of it. */
export const summary = (report: Report): string => {
  const { budget, loss, roundTrip, held, msPerStep, sweep } = report
  return [
    "Validation loss, nats a byte",
    `  uniform bytes   ${loss.uniform.toFixed(3)}`,
    `  byte frequency  ${loss.unigram.toFixed(3)}`,
    `  before training ${loss.first.toFixed(3)}`,
    `  after training  ${loss.last.toFixed(3)}`,
    "",
    "Trained parameters, SHA-256",
    `  ${report.digest.slice(0, 32)}`,
    `  ${report.digest.slice(32)}`,
    "",
    "Sample",
    ...readable(report.sample)
      .split("\n")
      .map((line) => `  ${line}`),
    "",
    "Round trip through bytes and another process",
    `  ${count(roundTrip.differing)} of ${count(roundTrip.bits)} bits differ`,
    "",
    ...(budget === null
      ? []
      : [`Peak while training: ${megabytes(budget.peak)} MB of a budget of ${megabytes(budget.fit.budget)} MB`, ""]),
    `Held for the way back, K = ${report.depth}`,
    `  reversed ${megabytes(held.reversedBytes)} MB, ${msPerStep.reversed.toFixed(0)} ms a step`,
    `  taped    ${megabytes(held.tapedBytes)} MB, ${msPerStep.taped.toFixed(0)} ms a step`,
    ...(sweep.length === 0 ? [] : ["", "     held, MB          ms a step", "  K  reversed   taped  reversed   taped"]),
    ...sweep.map(
      (cost) =>
        `${pad(cost.depth, 3)}${pad(megabytes(cost.reversedBytes), 10)}${pad(megabytes(cost.tapedBytes), 8)}` +
        `${pad(cost.reversedMs.toFixed(0), 10)}${pad(cost.tapedMs.toFixed(0), 8)}`,
    ),
  ].join("\n")
}

/** What is wrong with the run, if anything: one sentence each. */
export const complaints = ({ loss, roundTrip }: Report): ReadonlyArray<string> => [
  ...(loss.last < loss.unigram
    ? []
    : [
        `The validation loss ${loss.last.toFixed(3)} is not below that of byte frequencies, ${loss.unigram.toFixed(3)}. Train for more --steps.`,
      ]),
  ...(loss.unigram < loss.uniform
    ? []
    : [
        `Byte frequencies, ${loss.unigram.toFixed(3)} nats, tell no more about this text than nothing, ${loss.uniform.toFixed(3)}. Give a text in a language.`,
      ]),
  ...(roundTrip.differing === 0
    ? []
    : [`${count(roundTrip.differing)} bits changed on the round trip: this is a defect, please report it.`]),
]

/** Control characters would move the cursor of a terminal. */
const readable = (text: string): string => text.replace(/[^\P{C}\n\t]/gu, "\u00b7").replace(/\uFFFD/g, "\u00b7")

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(2)

const count = (n: number): string => n.toLocaleString("en-US")

const pad = (value: number | string, width: number): string => String(value).padStart(width)
