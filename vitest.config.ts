import { fileURLToPath } from "node:url"
import { defineConfig } from "vitest/config"
import { LongestFirst } from "./test/support/longestFirst.ts"

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Tests import the package by its name, as a user does; the name leads to the source, as `paths` in tsconfig.json does. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^bijou$/, replacement: source("./src/index.ts") },
      { find: /^bijou\/tensor$/, replacement: source("./src/tensor/index.ts") },
      { find: /^bijou\/net$/, replacement: source("./src/node/net/index.ts") },
      { find: /^bijou\/native$/, replacement: source("./src/node/index.ts") },
      { find: /^bijou\/workers$/, replacement: source("./src/node/workers/index.ts") },
      { find: /^bijou\/laws$/, replacement: source("./laws/index.ts") },
      { find: /^bijou\/laws\/tensor$/, replacement: source("./laws/tensor/index.ts") },
      // Workers of tests start from the built package.
      { find: /^\.\/workerScript\.ts$/, replacement: source("./test/support/builtWorkers.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts", "laws/**/*.test.ts"],
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
