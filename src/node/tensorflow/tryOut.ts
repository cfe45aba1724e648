/**
 * A first product in a process of its own, which may die where this one must not.
 */
import { NativeUnavailable } from "../errors/NativeUnavailable.ts"
import { execute, type Failure } from "../programs/execute.ts"

// ---------------------------------------------------------------- model

export interface Trial {
  readonly version: string
  readonly gpu: boolean
}

// ---------------------------------------------------------- destructors

/** Loads the addons, the binding first, and multiplies; tells what TensorFlow says of itself. Throws `NativeUnavailable`. */
export const tryOut = async (addons: ReadonlyArray<string>, signal: AbortSignal): Promise<Trial> => {
  const told = await execute(process.execPath, ["-e", TRIAL, ...addons], { signal }).catch(
    ({ stderr, signal: end, message }: Failure) => {
      const [first = message] = (stderr ?? "").split("\n").filter((line) => /Error: /.test(line))
      const reason = end ? `its process ended with ${end}, as it does on a processor without AVX` : first.trim()
      throw new NativeUnavailable(
        `TensorFlow does not run here: ${reason}. Use the backend wasm with a BLAS: npx bijou setup blas`,
      )
    },
  )
  const { version, gpu, product } = JSON.parse(told.slice(told.lastIndexOf("\n{") + 1)) as Trial & {
    readonly product: ReadonlyArray<number>
  } // what the program below writes
  if (product.join() === "7,10,15,22") return { version, gpu }
  throw new NativeUnavailable(`TensorFlow ${version} multiplies wrongly here. Try another with --version.`)
}

const TRIAL = `
process.env.TF_CPP_MIN_LOG_LEVEL ??= "3"
const [tf] = process.argv.slice(1).map((addon) => require(addon))
const id = tf.createTensor([2, 2], tf.TF_FLOAT, Float32Array.of(1, 2, 3, 4))
const flag = (name) => ({ name, type: tf.TF_ATTR_BOOL, value: false })
const attributes = [flag("transpose_a"), flag("transpose_b"), { name: "T", type: tf.TF_ATTR_TYPE, value: tf.TF_FLOAT }]
const [out] = tf.executeOp("MatMul", attributes, [id, id], 1)
const told = { version: tf.TF_Version, gpu: tf.isUsingGpuDevice(), product: [...tf.tensorDataSync(out.id)] }
process.stdout.write("\\n" + JSON.stringify(told))
`
