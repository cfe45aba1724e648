/**
 * The outcome of a whole run as a document.
 */
import prettier from "prettier"
import { verdicts, type Judged } from "./Verdicts.ts"

/** A mutant with its verdict, and the reason for which it survives; null where it does not, or has none. */
export interface Explained extends Judged {
  readonly reason: string | null
}

/** Killed out of killed and survived, in percent. */
export const scoreOf = (results: ReadonlyArray<Judged>): number => {
  const [killed = 0, survived = 0] = countsOf(results)
  return killed + survived === 0 ? 100 : (100 * killed) / (killed + survived)
}

/** How many mutants had each verdict, in words. */
export const summary = (results: ReadonlyArray<Judged>): string =>
  `${verdicts.map((verdict, i) => `${countsOf(results)[i]} ${verdict}`).join(", ")}: score ${percent(results)}`

/** Markdown: the totals, the totals of every file, and every survivor with its reason. */
export const document = (results: ReadonlyArray<Explained>, path: string): Promise<string> =>
  prettier.resolveConfig(path).then((options) =>
    prettier.format(
      [
        "# Mutants",
        "Written by `npm run mutate`; do not edit. A mutant is a source of `core`, `exact` or `block` with one thing made wrong:",
        "an operator, a constant, a sign, an order, a condition, a tag, a statement left out. It is killed if a test fails; the",
        "tests are those that `scripts/mutation/Judge.ts` names, each done in a few seconds at most. The score is",
        "killed / (killed + survived). Left out of it are mutants that do not compile, since no test is needed against them,",
        "and those that time out, since they never end. The wording of messages is not mutated, nor is",
        "`src/train/memory/equalStages.ts`, which answers only what it has proved to be the optimum: a mutant that answers less often is as",
        "right, only slower.",
        "",
        ...table(["", ...verdicts, "score"], "lrrrrr", [
          ["**all**", ...countsOf(results), percent(results)],
          ...[...new Set(results.map(({ file }) => file))].map((file) => {
            const some = results.filter((result) => result.file === file)
            return [file, ...countsOf(some), percent(some)]
          }),
        ]),
        "",
        "## Survivors",
        "",
        ...table(
          ["where", "mutation", "why it survives"],
          "lll",
          results
            .filter(({ verdict }) => verdict === "survived")
            .map(({ file, line, from, to, reason }) => [
              `${file}:${line}`,
              `${code(from)} becomes ${to === ";" ? "nothing" : code(to)}`,
              reason ?? "no reason yet",
            ]),
        ),
      ].join("\n"),
      { ...options, parser: "markdown" },
    ),
  )

const countsOf = (results: ReadonlyArray<Judged>): ReadonlyArray<number> =>
  verdicts.map((wanted) => results.filter(({ verdict }) => verdict === wanted).length)

const percent = (results: ReadonlyArray<Judged>): string => `${scoreOf(results).toFixed(1)} %`

type Cells = ReadonlyArray<string | number>

const table = (head: Cells, align: string, rows: ReadonlyArray<Cells>): ReadonlyArray<string> => [
  line(head),
  line([...align].map((side) => (side === "r" ? "--:" : "---"))),
  ...rows.map(line),
]

const line = (cells: Cells): string => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`

const code = (text: string): string => (text.includes("`") ? `\`\` ${text} \`\`` : `\`${text}\``)
