/**
 * Every law holds for the catalogue on wasm where layers and blocks are composed of tfjs's operations.
 */
import { useKernels } from "bijou/tensor"
import { expect, it } from "vitest"
import { hasKernel } from "../src/tensor/kernels/dispatch.ts"
import { checkCatalogue } from "./catalogue.ts"

useKernels("composed")
await checkCatalogue("wasm", " without kernels of its own", 8)

it("has no kernel of its own in use", () =>
  expect(["BijouUpdate", "BijouAttention"].map(hasKernel)).toEqual([false, false]))
