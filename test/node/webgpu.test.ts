/**
 * The messages of the backend webgpu if it is not reliable, and the commands on it.
 */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { either as E } from "fp-ts"
import { Key } from "bijou"
import { gpt } from "bijou/net"
import { currentRuntime, tf, toFunction, useBackend } from "bijou/tensor"
import { runtimeName } from "../../src/tensor/Runtime.ts"
import { describe, expect, it } from "vitest"
import { roundTrip } from "../../src/cli/start/roundTrip.ts"
import { chosenKernels } from "../../src/tensor/kernels/dispatch.ts"
import { ownKernels } from "../../src/tensor/kernels/kernels.ts"
import { compile, type WebgpuBackend } from "../../src/tensor/kernels/webgpu/Program.ts"
import { webgpuDevice, whySkipped } from "../support/webgpu.ts"

const device = await webgpuDevice()

const node = [process.execPath, "--import", "tsx"] as const

const source = (name: string): string => fileURLToPath(new URL(`../../src/cli/${name}`, import.meta.url))

const bijou = (env: NodeJS.ProcessEnv, ...args: ReadonlyArray<string>) =>
  spawnSync(node[0], [...node.slice(1), source("bijou.ts"), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...env },
  })

describe.skipIf(device === null)(`webgpu${device === null ? ` (${whySkipped})` : ""}`, () => {
  it("has the custom kernels, and those that replace kernels of TensorFlow.js", async () => {
    await useBackend("webgpu")
    expect(ownKernels("webgpu").length).toBeGreaterThan(15)
    expect(chosenKernels()).toBe("own")
    for (const name of ownKernels("webgpu")) expect(tf.getKernel(name, "webgpu"), name).toBeDefined()
    expect(tf.env().getBool("WEBGPU_CPU_FORWARD")).toBe(false)
    expect(tf.env().getNumber("WEBGPU_MATMUL_PROGRAM_TYPE")).toBe(3)
  })

  it("names its device as part of what bits depend on", async () => {
    await useBackend("webgpu")
    expect(runtimeName(currentRuntime())).toBe(`webgpu with ${device}`)
    await useBackend("cpu")
    expect(runtimeName(currentRuntime())).toBe("cpu")
  })

  it("says that functions of tfjs cannot read synchronously", async () => {
    await useBackend("webgpu")
    const { bijection: network } = gpt({
      vocabulary: 5,
      context: 4,
      width: 4,
      heads: 2,
      depth: 2,
      fractionBits: 9,
      dropout: 0,
    })
    const params = network.params.init(Key.fromSeed(1))
    const tokens = tf.zeros([1, 4], "int32")
    const loss = toFunction(network, params, Key.fromSeed(2))
    expect(() => loss([tokens, tokens])).toThrow(/webgpu in Node has only asynchronous reads\. Use run or trainStep/)
  })

  it("lets another process rebuild every bit, which then ends", async () => {
    await useBackend("webgpu")
    const net = gpt({ vocabulary: 5, context: 4, width: 4, heads: 2, depth: 3, fractionBits: 9, dropout: 0.25 })
    const given = { params: net.trunk.params.init(Key.fromSeed(1)), seed: 2, step: 3, samples: [4, 5] }
    const tokens = tf.tensor2d(
      [
        [0, 1, 2, 3],
        [3, 4, 0, 1],
      ],
      [2, 4],
      "int32",
    )
    const result = await roundTrip(net, given, tokens, [...node, source("start/rebuild.ts")])()
    expect(result).toEqual(E.right({ bits: 32 * 2 * (2 * 4 * 4), differing: 0 }))
  })

  it("keeps the exit code of a check that fails", () => {
    const { status, stdout } = bijou({}, "check", "examples/brokenBlock.ts", "--backend", "webgpu", "--runs", "5")
    expect(stdout).toContain("BROKEN")
    expect(status).toBe(1)
  })

  it("refuses every read after the device has rejected a program", async () => {
    await useBackend("webgpu")
    const wrong = compile({
      ...{ name: "wrong", over: "elements", inputs: ["x"], output: "float32" },
      body: "result[index] = nothing_of_that_name;",
    })
    const x = tf.tensor1d([1, 2])
    expect(await x.add(1).data()).toEqual(Float32Array.of(2, 3))
    wrong(tf.backend() as unknown as WebgpuBackend, { inputs: { x }, uniforms: {}, count: 2, shape: [2] })
    await expect(x.add(2).data()).rejects.toThrow(/The device refused a program, .*nothing_of_that_name/)
  })
})

describe("a missing webgpu", () => {
  it.runIf(process.platform === "linux")("ends in a sentence and exit code 2", () => {
    const none = { VK_ICD_FILENAMES: "/nowhere.json", VK_DRIVER_FILES: "/nowhere.json" }
    const { status, stderr } = bijou(none, "check", "--backend", "webgpu", "--runs", "1")
    expect(stderr).toMatch(/bijou: WebGPU found no GPU adapter here\. Install .*, or use the backend wasm\.\n$/)
    expect(status).toBe(2)
  })
})
