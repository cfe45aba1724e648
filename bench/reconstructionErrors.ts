/**
 * The distance between the input of a chain and its rebuilt input: in float32 without a grid, and on the grid.
 *
 * Every family runs the same code in both, over another space. Without a grid only float32 itself rounds, and no side
 * information is left: this is a family's inverse in floating point.
 */
import {
  Bdia,
  Coupling,
  float32Space,
  hostEnv,
  Key,
  Momentum,
  normals,
  Params,
  Rational,
  runPromise,
  Space,
  TwoStep,
  type Bijection,
  type Layer,
} from "bijou"
import type { PackedBits } from "../src/exact/float32Space.ts"

// ---------------------------------------------------------------- model

type Values = Float32Array
type Floats = Space<Values, PackedBits>

/** One row of the table: the largest error of float32, and the bits of the grid that differ. */
export interface ReconstructionError {
  readonly family: string
  readonly depth: number
  readonly float: number
  readonly grid: number
}

const [batch, width] = [4, 16]
const samples = Array.from({ length: batch }, (_, i) => i)

const grid = float32Space(9)

const zip = (x: Values, y: Values, f: (a: number, b: number) => number): Values => x.map((a, i) => f(a, y[i] ?? 0))

/** float32 without a grid. */
const floats: Floats = Space.make<Values, PackedBits>({
  ...grid,
  quantize: (y) => y,
  drift: (gamma, x, h) => {
    const by = (sign: number, v: Values) =>
      grid.times(
        gamma.map((g) => 1 + sign * g),
        v,
      )
    return zip(by(-1, x), by(1, h), (a, b) => a + b)
  },
  parity: (x) => ({ length: x.length, bytes: new Uint8Array(Math.ceil(x.length / 8)) }),
  lift: (x) => x,
  lower: (x) => x,
  divide: (d, x) => [x.map((a) => a / d), new Float32Array(x.length)],
})

/** h(x) = tanh(W x + b) on every sample. */
const layer: Layer<{ readonly key: Key }, Values, Values> = {
  params: Params.struct({ key: Params.leaf<Key>({ init: (key) => key, add: (x) => x, is: isKey }) }),
  apply: ({ key }, x) => apply(key, x),
  vjp: ({ key }, x) => ({
    value: apply(key, x),
    held: [],
    pull: () => ({ cotangent: null, grads: { key } }),
  }),
}

function isKey(value: unknown): value is Key {
  return typeof value === "object" && value !== null && "low" in value && "high" in value
}

function apply(key: Key, x: Values): Values {
  const w = weights(key)
  return x.map((_, at) => {
    const [row, column] = [Math.floor(at / width), at % width]
    let sum = w[width * width + column] ?? 0
    for (let i = 0; i < width; i++) sum += (w[column * width + i] ?? 0) * (x[row * width + i] ?? 0)
    return Math.tanh(sum)
  })
}

const drawn = new Map<string, Values>()

const weights = ({ low, high }: Key): Values => {
  const name = `${low} ${high}`
  const found =
    drawn.get(name) ?? normals({ key: { low, high }, samples: [0] }, width * width + width).map((a) => a / 4)
  drawn.set(name, found)
  return found
}

// ----------------------------------------------------------- combinators

const one =
  <P, B, S>(make: (space: Floats, depth: number) => Bijection<P, Values, B, S>) =>
  async (space: Floats, depth: number, x: Values): Promise<ReadonlyArray<Values>> => {
    const f = make(space, depth)
    const env = () => hostEnv({ params: f.params.init(Key.fromSeed(2)), seed: 3, samples })
    const [b, side] = await runPromise(f.forward(x))(env())
    return [await runPromise(f.inverse(b, side))(env())]
  }

const two =
  <P, B, S>(make: (space: Floats, depth: number) => Bijection<P, readonly [Values, Values], B, S>) =>
  async (space: Floats, depth: number, x: Values): Promise<ReadonlyArray<Values>> => {
    const f = make(space, depth)
    const env = () => hostEnv({ params: f.params.init(Key.fromSeed(2)), seed: 3, samples })
    const [b, side] = await runPromise(f.forward([x, x]))(env())
    return runPromise(f.inverse(b, side))(env())
  }

const families = {
  "BDIA, gamma +-1/2": one((space, depth) => Bdia.fromResidual({ space, layer }, depth)),
  "gamma +-1/4": one((space, depth) => TwoStep.fromResidual({ space, layer }, TwoStep.dyadic(space, 2), depth)),
  "gamma +-3/5": one((space, depth) => Rational.fromResidual({ space, layer }, { n: 3, d: 5 }, depth)),
  midpoint: one((space, depth) => TwoStep.fromResidual({ space, layer }, TwoStep.midpoint(space), depth)),
  leapfrog: one((space, depth) => TwoStep.fromResidual({ space, layer }, TwoStep.leapfrog(space), depth)),
  "momentum 9/10": one((space, depth) => Momentum.fromResidual({ space, layer }, { n: 9, d: 10 }, depth)),
  coupling: two((space, depth) => Coupling.fromResiduals({ space, f: layer, g: layer }, depth)),
}

/** Every family at every depth, from one input of four samples of sixteen normal values. */
export const reconstructionErrors = async (
  depths: ReadonlyArray<number>,
): Promise<ReadonlyArray<ReconstructionError>> => {
  const x = grid.quantize(normals({ key: Key.fromSeed(1), samples }, width))
  const rows: ReconstructionError[] = []
  for (const [family, back] of Object.entries(families))
    for (const depth of depths) {
      const far = (rebuilt: Values) => zip(x, rebuilt, (a, b) => Math.abs(a - b))
      const float = Math.max(...(await back(floats, depth, x)).flatMap((rebuilt) => [...far(rebuilt)]))
      const onGrid = (await back(grid, depth, x)).flatMap((rebuilt) =>
        [...x].filter((a, i) => !Object.is(a, rebuilt[i])),
      )
      rows.push({ family, depth, float, grid: onGrid.length })
    }
  return rows
}

/**
 * The rows as a table of Markdown: a column for every depth, the largest error in float32, and the values that differ
 * on the grid.
 */
export const toTable = (rows: ReadonlyArray<ReconstructionError>): string => {
  const depths = [...new Set(rows.map(({ depth }) => depth))]
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  const of = (family: string) => rows.filter((row) => row.family === family)
  return [
    line(["family", ...depths.map((depth) => `K = ${depth}`), "on the grid"]),
    line(["---", ...depths.map(() => "---"), "---"]),
    ...Object.keys(families).map((family) =>
      line([
        family,
        ...of(family).map(({ float }) => (Number.isFinite(float) ? float.toExponential(0) : "overflow")),
        String(of(family).reduce((sum, row) => sum + row.grid, 0)),
      ]),
    ),
  ].join("\n")
}
