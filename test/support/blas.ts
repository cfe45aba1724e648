/**
 * The BLAS installed on this machine, with a count of its products.
 */
import { useNative } from "bijou/native"
import { pluggedSgemm, setSgemm } from "../../src/tensor/kernels/wasm/sgemm.ts"

/**
 * Uses the BLAS for products of at least `least` multiplications. Returns null if none is installed, or throws if the
 * environment requires one.
 */
export const countingBlas = async (
  least?: number,
): Promise<{ readonly name: string; readonly products: () => number } | null> => {
  const name = await useNative()
  const blas = pluggedSgemm()
  if (name === null || blas === null) {
    if (process.env["BIJOU_NATIVE"] === "required")
      throw new Error("BIJOU_NATIVE is `required`, but no BLAS is set up. Run: npx bijou native")
    return null
  }
  let count = 0
  setSgemm({
    ...blas,
    least: least ?? blas.least,
    multiply: (...product) => {
      count++
      blas.multiply(...product)
    },
  })
  return { name, products: () => count }
}

/** The reason in the title of skipped tests. */
export const whySkipped = "skipped: no BLAS is set up, run npx bijou native"
