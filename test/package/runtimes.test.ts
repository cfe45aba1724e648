/**
 * The example of the front door, from the packed package, on every runtime and under the compilers of users.
 */
import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { transform } from "esbuild"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { archive, plainEnv } from "../support/built.ts"
import { frontDoor } from "../support/frontDoor.ts"
import { compilers, programs, runtimesHere, why } from "../support/runtimes.ts"

const root = fileURLToPath(new URL("../..", import.meta.url))
const user = mkdtempSync(join(tmpdir(), "bijou-runtimes-"))

/** What a user has besides: from this repository, so that the runtimes share one installation. */
const installed = ["fp-ts", "io-ts", "fflate", "@tensorflow", "@types", "@webgpu"]

const run = ([program = "", ...args]: ReadonlyArray<string>) =>
  spawnSync(program, args, { cwd: user, env: { ...plainEnv(), NO_COLOR: "1" }, encoding: "utf8" })

beforeAll(async () => {
  const modules = join(user, "node_modules")
  mkdirSync(join(modules, "bijou"), { recursive: true })
  run(["tar", "-xzf", archive(), "-C", join(modules, "bijou"), "--strip-components=1"])
  for (const name of installed) symlinkSync(join(root, "node_modules", name), join(modules, name))
  writeFileSync(join(user, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }))
  const { code } = await transform(frontDoor, { loader: "ts" })
  const again = `
    const { load } = await import("bijou/net")
    const again = await load(net, "points.safetensors")
    const { accuracy: loaded } = await evaluate(again, { inputs: points.slice(300), targets: labels.slice(300) })
    console.log(accuracy > 0.9, loaded === accuracy)
  `
  writeFileSync(join(user, "example.mjs"), `${code}\n${again}`)
  writeFileSync(
    join(user, "required.cjs"),
    `const [net, tensor] = [require("bijou/net"), require("bijou/tensor")]
    Promise.all([import("bijou/net"), import("bijou/tensor")]).then(async ([{ save, network }, { useBackend }]) => {
      await tensor.useBackend("cpu")
      console.log(net.save === save, net.network === network, tensor.useBackend === useBackend)
    })`,
  )
  writeFileSync(join(user, "example.ts"), `${frontDoor}\n{\n  using last = trained\n  void last.steps\n}\n`)
})

afterAll(() => rmSync(user, { recursive: true, force: true }))

const suite = (name: string, command: ReadonlyArray<string>): void => {
  it(`runs the example on ${name}, which loads its own file by path`, () => {
    rmSync(join(user, "points.safetensors"), { force: true })
    const { stdout, stderr, status } = run([...command, "example.mjs"])
    expect(stdout, stderr).toMatch(/^true true$/m)
    expect(status).toBe(0)
    expect(readFileSync(join(user, "points.safetensors")).length).toBeGreaterThan(1000)
  })

  it(`has the same modules by require and by import on ${name}`, () => {
    const { stdout, stderr } = run([...command, "required.cjs"])
    expect(stdout, stderr).toBe("true true true\n")
    expect(stderr).toBe("")
  })
}

describe("the packed package", () => {
  suite("this Node", [process.execPath])

  it("types the example for a user who has neither lib nor types", () => {
    expect(compiled(join(root, "node_modules", "typescript", "bin", "tsc"))).toBe("")
  })
})

describe.skipIf(!runtimesHere)(`the packed package elsewhere${why}`, () => {
  for (const [name, command] of Object.entries(programs)) suite(name, command)

  it.each(Object.entries(compilers))("types the example under TypeScript %s", (_, tsc) => {
    expect(compiled(tsc)).toBe("")
  })
})

const compiled = (tsc: string): string => {
  const options = { strict: true, noEmit: true, module: "nodenext", target: "es2022", types: [], skipLibCheck: true }
  writeFileSync(join(user, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["example.ts"] }))
  const { stdout, stderr } = run([process.execPath, tsc])
  return stdout + stderr
}
