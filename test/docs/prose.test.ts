import { describe, expect, it } from "vitest"
import { findings } from "../../scripts/prose/findings.ts"

const found = (file: string, ...lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  findings(file, lines.join("\n")).map(({ line, phrase, advice }) => `${line}: "${phrase}": ${advice}`)

describe("the check of the prose", () => {
  it("finds a phrase in comments, strings and templates, and says what to write", () =>
    expect(
      found(
        "a.ts",
        "/** A whole number. */",
        "const a = 1 // Whole numbers",
        'const b = "a way back"',
        "const c = `${a} tells ${b} whole number`",
      ),
    ).toEqual([
      '1: "whole number": write "integer"',
      '2: "Whole numbers": write "integer"',
      '3: "way back": write "backward pass, or inverse"',
      '4: "whole number": write "integer"',
      '4: "tells": write "returns, reports, says, or shows"',
    ]))

  it("finds a phrase that goes on in the next line", () => {
    expect(found("a.ts", "/**", " * A whole", " * number.", " */")).toEqual(['2: "whole number": write "integer"'])
    expect(found("a.ts", "// A whole", "// number.")).toEqual(['1: "whole number": write "integer"'])
    expect(found("a.md", "A whole", "number.")).toEqual(['1: "whole number": write "integer"'])
  })

  it("ignores identifiers, module names, code and longer words", () => {
    expect(found("a.ts", 'import { behind } from "./behind.ts"', "const tells = behind.stand")).toEqual([])
    expect(found("a.ts", "/** `behind` is understandable.", " * ```ts", " * // tells", " * ```", " */")).toEqual([])
    expect(found("a.md", "`behind`", "```ts", "// tells", "```")).toEqual([])
  })

  it("reads on after templates and regular expressions", () => {
    expect(found("a.ts", "const a = `${`'${1}`}`", "// tells")).toHaveLength(1)
    expect(found("a.ts", "const a = /[`\"'/]/", "// tells")).toHaveLength(1)
    expect(found("a.ts", "const a = `// tells`")).toHaveLength(1)
  })

  it("finds long lines of comments and Markdown, except tables and lines with a URL", () => {
    const words = "word ".repeat(30)
    const long = expect.stringContaining("break the line")
    expect(found("a.ts", `// ${words}`)).toEqual([long])
    expect(found("a.ts", `const a = 1 // ${words}`)).toEqual([long])
    expect(found("a.ts", `const ${"a".repeat(110)} = 1 // ${words.slice(0, 40)}`)).toEqual([])
    expect(found("a.md", words)).toEqual([long])
    expect(found("a.ts", `const a = "${words}"`, `// https://example.org ${words}`, `// | ${words} |`)).toEqual([])
    expect(found("a.md", `| ${words} |`, "```", words, "```")).toEqual([])
  })
})
