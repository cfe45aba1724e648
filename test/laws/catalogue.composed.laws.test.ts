/**
 * Every law holds for the catalogue on wasm if layers and blocks are composed of tfjs's operations.
 */
import { useKernels } from "bijou/tensor"
import { expect, it } from "vitest"
import { isImplemented } from "../../src/tensor/kernels/dispatch.ts"
import { attention } from "../../src/tensor/kernels/spec/attention.ts"
import { update } from "../../src/tensor/kernels/spec/update.ts"
import { checkCatalogue } from "./catalogue.ts"

useKernels("composed")
await checkCatalogue("wasm", " without custom kernels", 20)

it("has no custom kernel in use", () =>
  expect([isImplemented(update), isImplemented(attention)]).toEqual([false, false]))
