/**
 * Tests a first product in another process, which may crash while this one must not.
 */
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { execute, type Failure } from "../programs/execute.ts"

// ---------------------------------------------------------------- model

export interface Trial {
  readonly version: string
  readonly gpu: boolean
}

// ---------------------------------------------------------- destructors

/** Loads the addons, the binding first, multiplies, and returns version and device. Throws `NativeUnavailable`. */
export const tryOut = async (addons: ReadonlyArray<string>, signal: AbortSignal): Promise<Trial> => {
  const output = await execute(process.execPath, ["-e", TRIAL, ...addons], { signal }).catch(
    ({ stderr, signal: end, message }: Failure) => {
      const [first = message] = (stderr ?? "").split("\n").filter((line) => /Error: /.test(line))
      const reason = end ? `its process ended with ${end}, as on a processor without AVX` : first.trim()
      throw new NativeUnavailable(
        `TensorFlow does not run here: ${reason}. Use the backend wasm with a BLAS: npx bijou setup blas`,
      )
    },
  )
  const { version, gpu, product } = JSON.parse(output.slice(output.lastIndexOf("\n{") + 1)) as Trial & {
    readonly product: ReadonlyArray<number>
  } // the output of the program below
  if (product.join() === "7,10,15,22") return { version, gpu }
  throw new NativeUnavailable(`TensorFlow ${version} computes a wrong product here. Choose another --version.`)
}

const TRIAL = `
process.env.TF_CPP_MIN_LOG_LEVEL ??= "3"
const [tf] = process.argv.slice(1).map((addon) => require(addon))
const id = tf.createTensor([2, 2], tf.TF_FLOAT, Float32Array.of(1, 2, 3, 4))
const flag = (name) => ({ name, type: tf.TF_ATTR_BOOL, value: false })
const attributes = [flag("transpose_a"), flag("transpose_b"), { name: "T", type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT }]
const [out] = tf.executeOp("MatMul", attributes, [id, id], 1)
const result = { version: tf.TF_Version, gpu: tf.isUsingGpuDevice(), product: [...tf.tensorDataSync(out.id)] }
process.stdout.write("\\n" + JSON.stringify(result))
`
