/**
 * The packed package, imported as a user does: installed in an empty folder, used by name.
 *
 * The folder is outside the repository, so that nothing resolves by accident.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { archive, plainEnv } from "../support/built.ts"
import { inOneProcess } from "../support/inOneProcess.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))

const user = mkdtempSync(join(tmpdir(), "bijou-packed-"))

/** Whatever is installed on this machine, these tests run without a BLAS. */
process.env["XDG_CACHE_HOME"] = join(user, "cache")

/** The output of a command. An error contains all of it. */
const output = (folder: string, command: string, ...args: ReadonlyArray<string>): string => {
  try {
    return execFileSync(command, args, {
      cwd: folder,
      env: plainEnv(),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    })
  } catch (error) {
    // What execFileSync adds to its error.
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string }
    throw new Error(`${command} ${args.join(" ")} failed:\n${stdout ?? ""}\n${stderr ?? ""}`, { cause: error })
  }
}

/** Runs `bijou check` in the user's folder, from the file that npx runs: npx itself takes a second. */
const check = (...args: ReadonlyArray<string>) =>
  spawnSync(join("node_modules", ".bin", "bijou"), ["check", ...args], { cwd: user, encoding: "utf8" })

/** The output of a module in the user's folder, under plain Node. */
const evaluate = (code: string): string => output(user, process.execPath, "--input-type=module", "--eval", code).trim()

/** Links in the package's documents that are useful only in a clone. */
const onlyInAClone = ["CONTRIBUTING.md"]

/** The part of a manifest that is used here. */
interface Manifest {
  readonly scripts: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest // this repository's

/** Links a package of the repository into the user's folder, as the user's own installation would. */
const link = (name: string): void =>
  symlinkSync(join(root, "node_modules", name), join(user, "node_modules", name), "junction")

const withPeers = (): void => {
  if (existsSync(join(user, "node_modules", "@tensorflow"))) return
  for (const peer of ["@tensorflow", "fast-check"]) link(peer)
}

/** The compiler's errors about one file of the user, under nodenext. */
const compile = (name: string, code: string, options: Readonly<Record<string, unknown>>): string => {
  const nodenext = {
    strict: true,
    noEmit: true,
    module: "nodenext",
    moduleResolution: "nodenext",
    target: "es2023",
    types: [],
  }
  writeFileSync(join(user, name), code)
  writeFileSync(
    join(user, "tsconfig.json"),
    JSON.stringify({ compilerOptions: { ...nodenext, ...options }, files: [name] }),
  )
  return output(user, process.execPath, join(root, "node_modules", "typescript", "bin", "tsc"))
}

beforeAll(() => {
  writeFileSync(join(user, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }))
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--legacy-peer-deps", "--prefer-offline"]
  output(user, "npm", "install", ...quiet, archive())
})

afterAll(() => rmSync(user, { recursive: true, force: true }))

describe("the packed package", () => {
  it("contains its exports and no internals of the repository", () => {
    const files = readdirSync(join(user, "node_modules", "bijou"), { recursive: true, encoding: "utf8" })
    expect(files).toContain(join("dist", "src", "index.js"))
    expect(files.filter((file) => /^(src|laws|test|bench|scripts|\.reports)\b/.test(file))).toEqual([])
    expect(files.filter((file) => /\.test\.(js|d\.ts)$/.test(file))).toEqual([])
  })

  it("contains every file that its documents link to", () => {
    const inside = join(user, "node_modules", "bijou")
    const pages = readdirSync(join(root, "docs")).map((page) => join("docs", page))
    const missing = ["README.md", "CHANGELOG.md", ...pages].flatMap((document) => {
      const text = readFileSync(join(inside, document), "utf8")
      const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = ""]) =>
        join(inside, document, "..", path),
      )
      const named = [...text.matchAll(/`(examples\/[\w./]+)`/g)].map(([, path = ""]) => join(inside, path))
      return [...links, ...named].filter((path) => !existsSync(path))
    })
    expect(missing.filter((path) => !onlyInAClone.some((name) => path.endsWith(name)))).toEqual([])
  })

  it("has no script that runs on installation, or that npm asks about", () => {
    const { scripts } = manifestOf(join(user, "node_modules", "bijou"))
    const run = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"]
    expect(Object.keys(scripts).filter((name) => run.includes(name))).toEqual([])
  })

  // Before the peers are linked: there is no tfjs to load.
  it("imports bijou without tfjs installed", () => {
    expect(existsSync(join(user, "node_modules", "@tensorflow"))).toBe(false)
    const names = evaluate('console.log(Object.keys(await import("bijou")).length, typeof globalThis._tfengine)')
    expect(names).toMatch(/^[1-9]\d* undefined$/)
  })

  it("types the root entry without tfjs and without skipping the libraries' declarations", () => {
    const code = 'import * as bijou from "bijou"\nexport const names: ReadonlyArray<string> = Object.keys(bijou)\n'
    expect(compile("root.ts", code, { lib: ["es2023"] })).toBe("")
  })

  it("imports every other entry by name", () => {
    withPeers()
    const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      readonly exports: Readonly<Record<string, unknown>>
    } // the manifest of this repository
    const entries = Object.keys(exports).filter((entry) => entry !== "./package.json")
    const names = entries.map((entry) => entry.replace(/^\./, "bijou"))
    expect(names).toEqual(expect.arrayContaining(["bijou", "bijou/tensor", "bijou/net", "bijou/laws"]))
    for (const name of names) {
      expect(evaluate(`console.log(Object.keys(await import("${name}")).length > 0)`), name).toMatch(/true$/)
    }
    const manifest = 'import manifest from "bijou/package.json" with { type: "json" }; console.log(manifest.name)'
    expect(evaluate(manifest)).toMatch(/bijou$/)
  })

  it("imports bijou/laws without loading tfjs", () => {
    withPeers()
    const loaded = 'await import("bijou/laws"); console.log(typeof globalThis._tfengine)'
    expect(evaluate(loaded)).toBe("undefined")
  })

  it.each([
    ["node:test", ["--test"], 'import { describe, it } from "node:test"'],
    ["mocha", [join(root, "node_modules", "mocha", "bin", "mocha.js")], ""],
  ])("runs the laws in %s, which fails where a law is broken", (framework, args, imports) => {
    withPeers()
    const laws = (inverse: string) => `
      ${imports}
      import { identity } from "bijou"
      import { checkLaws, lawsOf, subject } from "bijou/laws"
      import fc from "fast-check"
      const bijection = { ...identity(), inverse: (b) => () => ({ _tag: "Right", right: ${inverse} }) }
      const { set } = await lawsOf(subject({ bijection, inputs: fc.integer() }))
      checkLaws({ describe, it }, set)
    `
    const name = framework.replace(":", "-")
    const run = (file: string, inverse: string) => {
      writeFileSync(join(user, file), laws(inverse))
      const { NODE_OPTIONS: _options, ...env } = process.env
      return spawnSync(process.execPath, [...args, file], { cwd: user, env, encoding: "utf8" })
    }
    const honest = run(`${name}.honest.mjs`, "b")
    expect(honest.stdout).toContain("inverse after forward gives back the same bits")
    expect(honest.status).toBe(0)
    const broken = run(`${name}.broken.mjs`, "Math.abs(b)")
    expect(broken.stdout + broken.stderr).toContain(
      'The law "inverse after forward gives back the same bits" is broken.',
    )
    expect(broken.status).not.toBe(0)
  })

  it("keeps its internals private", () => {
    const attempt = 'await import("bijou/dist/src/index.js").catch((error) => console.log(error.code))'
    expect(evaluate(attempt)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED")
  })

  it("prints help through npx", () => {
    withPeers()
    expect(output(user, "npx", "--no-install", "bijou", "--help")).toMatch(/^Usage: bijou/m)
  })

  it("types a user's file under nodenext", () => {
    withPeers()
    const entries = ["", "/tensor", "/net", "/native", "/workers", "/laws", "/laws/tensor"]
    const imports = entries.map((entry, index) => `import * as entry${index} from "bijou${entry}"`)
    const uses = entries.map((_, index) => `Object.keys(entry${index})`)
    const wrong =
      "// @ts-expect-error -- the entry is typed, so a name it lacks does not compile\nvoid entry0.noSuchName"
    const code = `${imports.join("\n")}\nexport const names: ReadonlyArray<ReadonlyArray<string>> = [${uses.join(", ")}]\n${wrong}\n`
    expect(compile("user.ts", code, { lib: ["es2023", "dom"], skipLibCheck: true })).toBe("")
  })

  it("lets a package of its user emit declarations of what it makes", () => {
    withPeers()
    const code = readFileSync(new URL("declarations.ts.txt", import.meta.url), "utf8")
    const emit = { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: "declarations" }
    expect(compile("made.ts", code, { lib: ["es2023", "dom"], skipLibCheck: true, rootDir: ".", ...emit })).toBe("")
    expect(existsSync(join(user, "declarations", "made.d.ts"))).toBe(true)
  })

  it("is installed by the README's command with what its first example imports, and the example runs as a TypeScript file", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8")
    const [, line = ""] = /^npm install (\.\/bijou-\S+ .*)$/m.exec(readme) ?? []
    const [, example = ""] = /^## See the bits\n[^]*?^```ts\n([^]*?)^```/m.exec(readme) ?? []
    const { peerDependencies, peerDependenciesMeta } = manifestOf(root)
    const needed = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
    expect(line.split(" ")).toEqual(expect.arrayContaining(["fp-ts", ...needed]))
    withPeers()
    const folder = join(user, "first")
    mkdirSync(folder)
    for (const command of ["npm init -y", "npm pkg set type=module"]) {
      expect(readme).toContain(command)
      output(folder, "npm", ...command.split(" ").slice(1))
    }
    writeFileSync(join(folder, "first.ts"), `${example}\nconsole.log(differingBits(x.dataSync(), back.dataSync()))`)
    expect(readme).toContain("npx tsx first.ts")
    expect(output(folder, "npx", "--no-install", "tsx", "first.ts")).toBe("0\n")
  })

  it("has a default text to learn if there is no TypeScript", () => {
    withPeers()
    expect(existsSync(join(user, "node_modules", "typescript"))).toBe(false)
    const sizes = [
      "--width",
      "8",
      "--heads",
      "2",
      "--depth",
      "2",
      "--batch",
      "1",
      "--context",
      "8",
      "--steps",
      "1",
      "--no-depths",
    ]
    const { stdout, stderr } = spawnSync("npx", ["--no-install", "bijou", "start", ...sizes], {
      cwd: user,
      encoding: "utf8",
    })
    const dist = join(user, "node_modules", "bijou", "dist")
    const bytes = readdirSync(dist, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".d.ts"))
      .reduce((sum, name) => sum + statSync(join(dist, name)).size, 0)
    expect(bytes).toBeGreaterThan(200_000)
    expect(stdout, stderr).toContain(`${bytes.toLocaleString("en-US")} bytes of text`)
    expect(stdout, stderr).toContain("0 of ")
  })
})

describe("workers on a module that was written in the user's folder", () => {
  it("train to the bits of one thread, and do not keep the process alive if nothing stops them", () => {
    withPeers()
    const objective = `
      import { gpt, Text } from "bijou/net"

      enum Size { context = 4 }
      const sizes = { vocabulary: 7, width: 8, heads: 2, depth: 2, fractionBits: 9, dropout: 0.1 }
      const { bijection: network } = gpt({ ...sizes, context: Size.context })
      const bytes: Uint8Array = Uint8Array.from({ length: 99 }, (_, i) => (i * i) % 7)
      export const objective = { network, data: (ids: ReadonlyArray<number>) => Text.batch(bytes, Size.context, 1, ids) }
    `
    writeFileSync(join(user, "objective.ts"), objective)
    // The thread that starts the workers has the same network in plain JavaScript.
    writeFileSync(
      join(user, "plain.mjs"),
      objective
        .replace(/enum Size \{(.*)\}/, "const Size = { context: 4 }")
        .replace(/: (Uint8Array|ReadonlyArray<number>)/g, ""),
    )
    const code = `
      import { Key } from "bijou"
      import { AdamW, descent, microBatched } from "bijou/net"
      import { useBackend } from "bijou/tensor"
      import { startWorkers } from "bijou/workers"
      import { objective } from "./plain.mjs"
      await useBackend("wasm")
      const { params } = objective.network
      const how = { size: 2, seed: 1 }
      const train = async (gradients) => {
        const p = params.init(Key.fromSeed(1))
        const schedule = { peak: 0.01, floor: 0.01, warmup: 0, steps: 3 }
        const losses = []
        const from = { params: p, state: AdamW.init(params, p) }
        for await (const { loss } of descent(gradients, { optimizer: AdamW.config, schedule, batch: 4 }, from)) losses.push(loss)
        return losses.join()
      }
      const workers = await startWorkers(params, { module: "objective.ts", export: "objective", count: 2, ...how })
      console.log((await train(workers)) === (await train(microBatched(objective, how))))
    `
    expect(evaluate(code)).toBe("true")
  })
})

describe("bijou check on a module that was written in the user's folder", () => {
  const block = `
    import { Params } from "bijou"
    import { subject } from "bijou/laws"
    import { gridTensor } from "bijou/laws/tensor"
    import { fromTfjs, tensor, tensorSpace, tf } from "bijou/tensor"

    enum Width { narrow = 4 }
    const space = tensorSpace(9)
    const params = Params.struct<{ w: tf.Tensor }>({ w: tensor.normal([Width.narrow, Width.narrow], 0.5) })
    const h = (w: tf.Tensor, x: tf.Tensor) => tf.tanh(tf.matMul(x, w))
    const inputs = gridTensor(space, [2, Width.narrow])

    export const good = subject({ residual: { space, layer: fromTfjs(params, ({ w }, x: tf.Tensor) => h(w, x)) }, inputs })
    export const noisy = subject({
      residual: { space, layer: fromTfjs(params, ({ w }, x: tf.Tensor) => h(w, x).add(Math.random())) },
      inputs,
    })
    export const width = Width.narrow
  `
  // A cached inverse, in plain JavaScript and on numbers.
  const cached = `
    import { identity } from "bijou"
    import fc from "fast-check"
    let last
    export default {
      bijection: {
        ...identity(),
        forward: (a) => () => ({ _tag: "Right", right: [Math.round((last = a)), null] }),
        inverse: () => () => ({ _tag: "Right", right: last }),
      },
      inputs: fc.double({ noNaN: true }),
    }
  `
  beforeAll(() => {
    withPeers()
    writeFileSync(join(user, "block.ts"), block)
    writeFileSync(join(user, "cached.js"), cached)
    writeFileSync(join(user, "throws.ts"), 'throw new Error("the data is missing")')
    writeFileSync(join(user, "plain.ts"), "export const one = 1\nexport const two = 2")
    writeFileSync(join(user, "exits.ts"), "process.exit(0)")
    writeFileSync(join(user, "waits.ts"), "await new Promise(() => {})")
    writeFileSync(join(user, "wrong.ts"), "export const a: = 1")
    const throwing =
      "{ generate: () => { throw new Error('no data today.') }, canShrinkWithoutContext: () => false, shrink: () => [] }"
    writeFileSync(
      join(user, "inputless.js"),
      `import { identity } from "bijou"\nexport const it = { bijection: identity(), inputs: ${throwing} }`,
    )
    writeFileSync(join(user, "partial.ts"), "export const half = { bijection: {}, inputs: 3 }\nexport const none = 1")
  })

  it("runs every law that applies, and exits with 0 if all hold", () => {
    const { status, stdout, stderr } = check("block.ts#good")
    expect(stderr).toBe("")
    expect(stdout).toMatch(/^block\.ts#good on wasm, quick, seed 1\n/)
    const [, holding, tried] = /^(\d+) of (\d+) laws hold, in [\d.]+ s\.$/m.exec(stdout) ?? []
    expect(holding).toBe(tried)
    expect(stdout.match(/^ {2}holds +20 {2}\S/gm)).toHaveLength(Number(tried))
    for (const topic of ["layer", "derivative", "bijection", "gradient", "plan", "inference", "ownership"])
      expect(stdout).toMatch(new RegExp(`^${topic}$`, "m"))
    expect(status).toBe(0)
  })

  it("shows a broken law with the counterexample, both sides, the first difference in bits, and why", () => {
    const { status, stdout } = check("block.ts", "--backend", "cpu", "--seed", "5", "--runs", "3")
    expect(stdout).toMatch(/^block\.ts#good on cpu[^]*^block\.ts#noisy on cpu, quick, seed 5$/m)
    expect(stdout).toMatch(/ {2}BROKEN +1 {2}two evaluations have the same bits\n {4}lhs: float32 \[2, 4\]/)
    expect(stdout).toMatch(/^ {4}first at \[0\]: [-\d.e]+ \([0-9a-f]{8}\) and [-\d.e]+ \([0-9a-f]{8}\)$/m)
    expect(stdout).toMatch(/^ {4}why: The layer's apply returns other bits in its second call/m)
    expect(stdout).toMatch(/^ {4}why: The first kernel with another result is Add, number \d+ of \d+\.$/m)
    expect(stdout).toMatch(/^ {4}input: \{ a: float32 \[2, 4\] all 0, seed: \d+, random: true \}$/m)
    expect(status).toBe(1)
  })

  it("loads an ES module even if npm init calls the package CommonJS", () => {
    const folder = join(user, "commonjs")
    mkdirSync(folder)
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "commonjs" }))
    writeFileSync(join(folder, "block.ts"), block)
    writeFileSync(join(folder, "other.ts"), 'import { good } from "./block"\nexport const it = good')
    const { status, stdout, stderr } = check(join("commonjs", "other.ts"), "--runs", "1")
    expect(stderr).toBe("")
    expect(stdout).toContain("laws hold")
    expect(status).toBe(0)
  })

  it("repeats a case with the command that it prints", () => {
    const { status, stdout } = check("cached.js", "--json")
    const [{ subject, laws }] = JSON.parse(stdout)
    expect(subject).toBe("cached.js#default")
    const broken = laws.filter(({ verdict }: { readonly verdict: string }) => verdict === "broken")
    expect(broken.map(({ law }: { readonly law: string }) => law)).toContain(
      "inverse after forward gives back the same bits",
    )
    const [{ again, counterexample }] = broken
    expect(counterexample.reasons.join()).toContain("something is cached or missing from the side")
    expect(status).toBe(1)
    const [, ...args] = /^npx bijou check (\S+) (--law) "([^"]+)" (--seed) (\d+) (--path) ([\d:]+)$/.exec(again) ?? []
    const repeated = JSON.parse(check(...args, "--json").stdout)[0].laws
    expect(repeated).toHaveLength(1)
    expect(repeated[0]).toMatchObject({ cases: 1, verdict: "broken", counterexample: { input: counterexample.input } })
  })

  it("works without custom kernels on request, says so, and repeats it", () => {
    const { status, stdout } = check("block.ts#noisy", "--no-kernels", "--runs", "2", "--json")
    const [{ backend, laws }] = JSON.parse(stdout)
    expect(backend).toMatch(/^wasm.*, without custom kernels$/)
    const broken = laws.find(({ verdict }: { readonly verdict: string }) => verdict === "broken")
    expect(broken.again).toMatch(/ --no-kernels --seed 1 /)
    expect(status).toBe(1)
  })

  const refusals: ReadonlyArray<readonly [ReadonlyArray<string>, string]> = [
    [["nowhere.ts"], "There is no file nowhere.ts. Give the path of a TypeScript or JavaScript module."],
    [["."], ". is not a file. Give the path of a TypeScript or JavaScript module."],
    [
      ["package.json"],
      "package.json is not a module. Its name must end in .ts, .js, or a variant such as .mts or .mjs.",
    ],
    [["block.ts#better"], "block.ts has no export called better. It exports good, noisy, width."],
    [["block.ts#width"], "The export width of block.ts is a number, not a subject { bijection, inputs }."],
    [
      ["partial.ts#half"],
      "The export half of partial.ts has no inputs: give a fast-check arbitrary in the field inputs.",
    ],
    [["partial.ts"], "The export half of partial.ts has no inputs: give a fast-check arbitrary in the field inputs."],
    [["plain.ts"], "plain.ts exports no subject { bijection | residual | layer, inputs }. It exports one, two."],
    [["inputless.js"], "inputless.js#it cannot be checked: no data today."],
    [["throws.ts"], "throws.ts cannot be loaded: the data is missing."],
    [["wrong.ts"], "wrong.ts cannot be loaded: "],
    [["block.ts", "--law", "nothing at all"], 'There is no law called "nothing at all" here.'],
    [["block.ts", "--preset", "slow"], '--preset must be quick or thorough, not "slow".'],
    [["block.ts", "--path", "0:1"], "--path repeats one case of a law. Name the law with --law."],
    [["block.ts", "--runs", "many"], '--runs must be an integer from 1 to 1000000, not "many".'],
    [["block.ts", "cached.js"], "too many arguments"],
  ]
  const refused = inOneProcess(
    join(user, "node_modules", "bijou", "dist", "src", "cli", "bijou.js"),
    refusals.map(([args]) => ["check", ...args]),
    {},
    user,
  )

  it.each(refusals)("refuses %j in one sentence, with exit code 2", (args, sentence) => {
    const { status, stdout, stderr } = refused(["check", ...args])
    expect(stderr).toContain(`bijou: ${sentence}`)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(stdout).toBe("")
    expect(status).toBe(2)
  })

  it.each([
    [["exits.ts"], "exits.ts ended the process, or never continues, before all laws were checked."],
    [["waits.ts"], "waits.ts ended the process, or never continues, before all laws were checked."],
  ])("refuses %j in one sentence, with exit code 2, whatever the module does to the process", (args, sentence) => {
    const { status, stdout, stderr } = check(...args)
    expect(stderr).toContain(`bijou: ${sentence}`)
    expect(stderr.trimEnd().split("\n")).toHaveLength(1)
    expect(stdout).toBe("")
    expect(status).toBe(2)
  })

  it("ends on Ctrl-C after the current law, and shows what was checked until then", async () => {
    const bin = join(user, "node_modules", "bijou", "dist", "src", "cli", "bijou.js")
    const child = spawn(process.execPath, [bin, "check", "block.ts#good", "--preset", "thorough"], { cwd: user })
    let [stdout, stderr] = ["", ""]
    child.stdout.on("data", (data) => (stdout += String(data)))
    child.stderr.on("data", (data) => (stderr += String(data)))
    child.stdout.once("data", () => child.kill("SIGINT"))
    const status = await new Promise((resolve) => child.once("exit", resolve))
    expect(stderr).toContain("Stopping after this law.")
    expect(stdout).toMatch(/^[1-9]\d* of [1-9]\d* laws hold, in [\d.]+ s, of [1-9]\d* in all: interrupted\.$/m)
    expect(status).toBe(130)
  })
})
