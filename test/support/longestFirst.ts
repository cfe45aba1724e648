/**
 * The order of test files: those that take longest go first, so that no core waits for the last of them.
 *
 * Vitest orders by the times of an earlier run. A clean clone has none, and vitest then goes by size, which puts the
 * catalogue's short files last.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** What takes longest, in this order; whatever is not named comes after it. */
const longest = [
  "laws/catalogue.webgpu",
  "package/packed",
  "laws/catalogue.wasm",
  "cli/cli",
  "package/browser",
  "node/workers.test",
  "laws/catalogue.cpu",
  "node/saving",
  "laws/catalogue.tensorflow.laws",
  "laws/catalogue.host",
  "laws/catalogue.composed",
  "laws/catalogue.native",
  "node/tensorflow.test",
  "kernels/convolution",
  "laws/catalogue.tensorflow.stock",
].map((name) => `/test/${name}`)

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.includes(name))
      return at < 0 ? longest.length : at
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other))
  }
}
