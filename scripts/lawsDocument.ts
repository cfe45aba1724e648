/**
 * The text of LAWS.md, made from the laws, their doc comments and the attacks that they catch.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import * as prettier from "prettier"
import ts from "typescript"
import type * as bijouLaws from "bijou/laws"
import type { Attack, LawSet, Matrix } from "bijou/laws"

// ---------------------------------------------------------------- model

/** The laws of one topic, and the attacks that each catches. */
interface Topic {
  readonly topic: string
  readonly parents: Set<string>
  readonly catches: Map<string, Set<string>>
}

// --------------------------------------------------------- constructors

/**
 * Returns the text, from the exports of `bijou/laws` and the root of the repository. Call it once per process: some
 * attacks count.
 */
export async function lawsDocument(
  { allSets, attacks: unordered, matrix }: Pick<typeof bijouLaws, "allSets" | "attacks" | "matrix">,
  root: string,
): Promise<string> {
  // By name: bundlers order the exports of a module differently from Node, and attacks that count share their counters.
  const attacks = unordered.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const sentences = sentencesOf(join(root, "laws", "sets"))
  const caught = await matrix(attacks, { runs: 100, seed: 1 })
  const topics = topicsOf(attacks, allSets, caught)
  const laws = topics.reduce((sum, { catches }) => sum + catches.size, 0)
  const sections = topics.map(({ topic, parents, catches }) => {
    const name = `${topic}Laws`
    const sentence = sentences.get(name)
    if (sentence === undefined) throw new Error(`There is no documented export ${name} in laws/sets.`)
    const above = [...parents].map((parent) => `\`${parent}Laws\``).join(", ")
    const rows = [...catches].map(([law, by]) => {
      if (by.size === 0) throw new Error(`The law "${law}" of ${name} catches no attack. Add one to laws/attacks.`)
      return `| ${cell(law)} | ${cell([...by].join("; "))} |`
    })
    return [
      `## ${topic}`,
      `\`${name}\`: ${sentence}`,
      ...(above === "" ? [] : [`Parents, which must hold as well: ${above}.`]),
      ["| law | attacks that it catches |", "| --- | --- |", ...rows].join("\n"),
    ].join("\n\n")
  })
  const text = [introduction(topics.length, laws, attacks.length), ...sections].join("\n\n")
  const options = await prettier.resolveConfig(join(root, "LAWS.md"))
  return prettier.format(text, { ...options, parser: "markdown" })
}

/** By topic: the topics of its parents, and for each of its laws the names of the attacks that it catches. */
function topicsOf(
  attacks: ReadonlyArray<Attack>,
  allSets: (set: LawSet) => ReadonlyArray<LawSet>,
  caught: Matrix,
): ReadonlyArray<Topic> {
  const topics = new Map<string, Topic>()
  for (const { name, sets } of attacks)
    for (const { topic, parents, laws } of sets.flatMap(allSets)) {
      const found: Topic = topics.get(topic) ?? { topic, parents: new Set(), catches: new Map() }
      topics.set(topic, found)
      for (const parent of parents) found.parents.add(parent.topic)
      for (const law of laws) {
        const by = found.catches.get(law.name) ?? new Set()
        found.catches.set(law.name, by)
        if (caught.get(name)?.has(law.name)) by.add(name)
      }
    }
  return [...topics.values()].sort((one, other) => (one.topic < other.topic ? -1 : 1))
}

/** The doc comment of every exported constant whose name ends in Laws, on one line. */
function sentencesOf(folder: string): ReadonlyMap<string, string> {
  const sentences = new Map<string, string>()
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    const source = ts.createSourceFile(file, readFileSync(join(folder, file), "utf8"), ts.ScriptTarget.Latest, true)
    for (const statement of source.statements.filter(ts.isVariableStatement)) {
      const comment = ts.getTextOfJSDocComment(ts.getJSDocCommentsAndTags(statement).find(ts.isJSDoc)?.comment)
      const name = statement.declarationList.declarations[0]?.name.getText(source) ?? ""
      if (comment !== undefined && name.endsWith("Laws")) sentences.set(name, comment.replace(/\s+/g, " "))
    }
  }
  return sentences
}

const cell = (text: string): string => text.replaceAll("|", "\\|")

const introduction = (sets: number, laws: number, attacks: number): string => `# The laws

Made from the code by \`npm run docs:laws\`; do not edit it by hand.

A law is an equation with a name. For every generated input it computes two sides, and they must be the same in every bit:
numbers by \`Object.is\`, arrays and tensors by kind, shape and bytes, records part by part. So +0 is not -0, and close is
not equal. The one law with a distance is that of derivatives. What a law finds wrong it prints: both sides, the input
made as simple as possible, the likely reason, and the seed and path that repeat the case.

Behind every law stand the attacks that it catches: impostors, each wrong in one way, that make its sides differ. A law
that catches nothing would be no law, and an attack that nothing catches would be a hole. There are ${sets} sets of
${laws} laws here, and ${attacks} attacks, each tried on 100 inputs from seed 1.

\`lawsOf(subject)\` chooses all laws that apply to a bijection, a residual or a layer. \`checkLaws({ describe, it }, set)\`
makes a test of every law in vitest, jest, mocha and node:test; \`judgeAll(set)\` gives the verdicts as data:

\`\`\`ts
import { Grid, identity } from "bijou"
import { arbitraries, judgeAll, lawsOf, presets, subject } from "bijou/laws"

const inputs = arbitraries.boundedGridNumber(Grid.make(9), 8) // multiples of 2^-9, of at most 8 in size
const { set } = await lawsOf(subject({ bijection: identity<number>(), inputs }))
const { laws } = await judgeAll(set, presets.quick.host)
laws.every(({ verdict }) => verdict._tag === "Holds") // => true
\`\`\`

[GUIDE.md](GUIDE.md) tells how to check a block of your own.`
