/**
 * The layers, read from left to right: a folder of `src` imports itself and the folders on its left.
 *
 * `block` is narrower: it stands on an abstract Space and runs without tensors. `laws` imports all of `src` but `cli`.
 */
const layers = ["core", "exact", "tensor", "residual", "block", "net", "train", "node", "cli"]

const inside = (...folders) => `^src/(${folders.join("|")})/`

const leftOf = (layer) => layers.slice(0, layers.indexOf(layer))

const rightOf = (layer) => layers.slice(layers.indexOf(layer) + 1)

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    ...layers.slice(0, -1).map((layer) => ({
      name: `${layer}-looks-left`,
      comment: `src/${layer} imports only itself${leftOf(layer).length > 0 ? " and " + leftOf(layer).join(", ") : ""}: move what is needed to the left, or the importer to the right.`,
      severity: "error",
      from: { path: inside(layer) },
      to: { path: inside(...rightOf(layer)) },
    })),
    {
      name: "block-without-tensors",
      comment:
        "A block is derived over an abstract Space and runs without tfjs, so it imports only core, exact and itself.",
      severity: "error",
      from: { path: inside("block") },
      to: { path: inside("tensor", "residual") },
    },
    {
      name: "known-layers",
      comment:
        "Every file of src stands in one of the layers; the only file beside them is the root entry src/index.ts.",
      severity: "error",
      from: {},
      to: { path: "^src/", pathNot: [inside(...layers), "^src/index\\.ts$"] },
    },
    {
      name: "root-entry-without-tensors",
      comment: '`import ... from "bijou"` must not load tfjs, so src/index.ts imports only core, exact and block.',
      severity: "error",
      from: { path: "^src/index\\.ts$" },
      to: { pathNot: inside("core", "exact", "block") },
    },
    {
      name: "import-by-file",
      comment: "An index.ts is an entry for users; inside the package import the file that holds the noun.",
      severity: "error",
      from: { path: "^(src|laws)/", pathNot: "\\.test\\.ts$" },
      to: {
        path: [
          "^src/index\\.ts$",
          "^src/[^/]+/index\\.ts$",
          "^src/node/(net|workers)/index\\.ts$",
          "^laws/(tensor/)?index\\.ts$",
        ],
      },
    },
    {
      name: "laws-without-cli",
      comment: "The laws are published for other test frameworks, so they import all of src but the command line.",
      severity: "error",
      from: { path: "^laws/" },
      to: { path: inside("cli") },
    },
    {
      name: "laws-without-tensors",
      comment:
        "`bijou/laws` works on numbers where TensorFlow.js is not installed, so only laws/tensor leans on tensors; the one import of it is dynamic.",
      severity: "error",
      from: { path: "^laws/", pathNot: "^laws/(tensor/|engine/kindOf\\.ts$)" },
      to: { path: ["^laws/tensor/", inside("tensor")] },
    },
    {
      name: "only-cli-imports-laws",
      comment: "The laws judge the library, so the library does not lean on them; only the command line runs them.",
      severity: "error",
      from: { path: "^src/", pathNot: inside("cli") },
      to: { path: "^laws/" },
    },
    {
      name: "only-laws-import-fast-check",
      comment: "fast-check is an optional peer: only laws and test import it, so the library works without it.",
      severity: "error",
      from: { pathNot: "^(laws|test)/" },
      to: { path: "(^|/)fast-check(/|$)" },
    },
    {
      name: "one-door-to-tfjs",
      comment:
        "Only src/tensor/tf.ts imports @tensorflow packages, and src/tensor/webgpu.ts that of its backend, which is optional; every other file imports `tf` from tf.ts.",
      severity: "error",
      from: { path: "^(src|laws)/", pathNot: "^src/tensor/(tf|webgpu)\\.ts$" },
      to: { path: "(^|/)@tensorflow/" },
    },
    {
      name: "browser-left-of-node",
      comment: "Everything left of node runs in a browser, so it imports no Node builtin.",
      severity: "error",
      from: { path: ["^src/index\\.ts$", inside(...leftOf("node"))] },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "one-door-to-koffi",
      comment: "koffi is an optional dependency that only Node can load: only src/node/blas loads it.",
      severity: "error",
      from: { pathNot: "^src/node/blas/" },
      to: { path: "(^|/)koffi(/|$)" },
    },
    {
      name: "one-door-to-webgpu",
      comment:
        "A browser has WebGPU, and Node gets it from an optional package: only src/node/webgpu loads that package.",
      severity: "error",
      from: { pathNot: "^src/node/webgpu/" },
      to: { path: "(^|/)node_modules/webgpu/" },
    },
    {
      name: "nothing-outside-the-package",
      comment: "What is published does not import tests, benchmarks, examples or scripts.",
      severity: "error",
      from: { path: "^(src|laws)/", pathNot: "\\.test\\.ts$" },
      to: { path: "^(test|bench|examples|scripts)/" },
    },
    {
      name: "no-cycles",
      comment: "A cycle, even of types, means that two nouns are one or that a third is missing.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["types", "import", "default"],
      extensions: [".ts", ".js", ".d.ts"],
    },
  },
}
