/**
 * The BLAS installed on this machine, with a count of its products.
 */
import { useNative } from "bijou/native"
import { pluggedSgemm, setSgemm } from "../../src/tensor/kernels/wasm/sgemm.ts"

/**
 * Plugs the BLAS in, for products from `least` multiplications on; null where `npx bijou setup blas` was not run.
 * Throws instead where the environment says that it was.
 */
export const countingBlas = async (
  least?: number,
): Promise<{ readonly name: string; readonly products: () => number } | null> => {
  const name = await useNative()
  const blas = pluggedSgemm()
  if (name === null || blas === null) {
    if (process.env["BIJOU_NATIVE"] === "required")
      throw new Error("BIJOU_NATIVE is `required`, but no BLAS is set up. Run: npx bijou setup blas")
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

/** The end of the name of tests that were skipped. */
export const whySkipped = "skipped: no BLAS is set up, run npx bijou setup blas"
