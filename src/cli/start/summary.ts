/**
 * The report as text that fits a narrow terminal.
 */
import type { Report } from "./Report.ts"

// ---------------------------------------------------------- destructors

/** Everything in `report.json`. */
export const summary = (report: Report): string => {
  const { budget, loss, roundTrip, held, msPerStep, sweep } = report
  return [
    "Validation loss, nats per byte",
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
      : [`Peak in training: ${megabytes(budget.peak)} MB of a budget of ${megabytes(budget.fit.budget)} MB`, ""]),
    `Saved for the backward pass, K = ${report.depth}`,
    `  reversed ${megabytes(held.reversedBytes)} MB, ${msPerStep.reversed.toFixed(0)} ms per step`,
    `  taped    ${megabytes(held.tapedBytes)} MB, ${msPerStep.taped.toFixed(0)} ms per step`,
    ...(sweep.length === 0
      ? []
      : ["", "     saved, MB         ms per step", "  K  reversed   taped  reversed   taped"]),
    ...sweep.map(
      (cost) =>
        `${pad(cost.depth, 3)}${pad(megabytes(cost.reversedBytes), 10)}${pad(megabytes(cost.tapedBytes), 8)}` +
        `${pad(cost.reversedMs.toFixed(0), 10)}${pad(cost.tapedMs.toFixed(0), 8)}`,
    ),
  ].join("\n")
}

/** The problems of a run, one sentence each. */
export const complaints = ({ loss, roundTrip }: Report): ReadonlyArray<string> => [
  ...(loss.last < loss.unigram
    ? []
    : [
        `The validation loss ${loss.last.toFixed(3)} is not below the ${loss.unigram.toFixed(3)} of byte frequencies. Train for more --steps.`,
      ]),
  ...(loss.unigram < loss.uniform
    ? []
    : [
        `Byte frequencies predict this text no better, with ${loss.unigram.toFixed(3)} nats, than uniform bytes, with ${loss.uniform.toFixed(3)}. Give natural text as --data.`,
      ]),
  ...(roundTrip.differing === 0
    ? []
    : [`${count(roundTrip.differing)} bits differ after the round trip: this is a bug, please report it.`]),
]

/** Replaces control characters, which would move the cursor of a terminal. */
const readable = (text: string): string => text.replace(/[^\P{C}\n\t]/gu, "\u00b7").replace(/\uFFFD/g, "\u00b7")

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(2)

const count = (n: number): string => n.toLocaleString("en-US")

const pad = (value: number | string, width: number): string => String(value).padStart(width)
