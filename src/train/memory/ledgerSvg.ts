/**
 * Draws the memory of a step: areas stacked by owner.
 */
import { owners, peakOf, bytesOf, type Bytes, type Ledger, type Owner } from "./Ledger.ts"

// ---------------------------------------------------------------- model

/** What the picture shows besides the ledger. */
export interface Caption {
  readonly title: string
  /** A line that memory must stay below. */
  readonly budget?: number
}

/** One moment on the time axis. */
interface Point {
  readonly x: number
  readonly bytes: Bytes
}

// ---------------------------------------------------------- destructors

/**
 * Returns the picture as the text of an SVG file: an area per owner, and a mark at the highest moment. The width of a
 * part is its work, if known.
 */
export const ledgerSvg = (ledger: Ledger, { title, budget }: Caption): string => {
  const points = through(ledger)
  const end = points.at(-1)?.x ?? 1
  const highest = Math.max(...points.map(({ bytes }) => bytesOf(bytes)))
  const top = Math.max(highest, budget ?? 0) * 1.06 || 1
  const [x, y] = [
    (at: number) => round(left + (at / end) * wide),
    (bytes: number) => round(below - (bytes / top) * tall),
  ]
  const shown = owners.filter((owner) => points.some(({ bytes }) => bytes[owner] / highest > 1 / 2000))
  const stacked = (bytes: Bytes, upTo: number) => shown.slice(0, upTo).reduce((sum, owner) => sum + bytes[owner], 0)
  const areas = shown.map((owner, i) => {
    const upper = points.map((point) => `${x(point.x)},${y(stacked(point.bytes, i + 1))}`)
    const lower = points.map((point) => `${x(point.x)},${y(stacked(point.bytes, i))}`).toReversed()
    const most = Math.max(...points.map(({ bytes }) => bytes[owner]))
    return `<polygon fill="${colors[owner]}" points="${[...upper, ...lower].join(" ")}"><title>${owner}: at most ${inMB(most)}</title></polygon>`
  })
  const at = points.find(({ bytes }) => bytesOf(bytes) === highest)?.x ?? 0
  const side = at / end > 0.6 ? { anchor: "end", shift: -8 } : { anchor: "start", shift: 8 }
  const marks = [
    ...ticks(top).map(
      (bytes) =>
        `<line class="grid" x1="${left}" x2="${left + wide}" y1="${y(bytes)}" y2="${y(bytes)}"/><text x="${left - 8}" y="${y(bytes) + 4}" text-anchor="end">${label(bytes)}</text>`,
    ),
    `<text x="${left}" y="${above - 10}">MB</text>`,
  ]
  const phases = spans(ledger, points).map(({ name, from, to }) =>
    [
      `<line class="edge" x1="${x(from)}" x2="${x(from)}" y1="${above}" y2="${below + 6}"/>`,
      `<text x="${x((from + to) / 2)}" y="${below + 22}" text-anchor="middle">${name}</text>`,
    ].join(""),
  )
  const peak = [
    `<circle class="mark" cx="${x(at)}" cy="${y(highest)}" r="4"/>`,
    `<text class="strong" x="${x(at) + side.shift}" y="${y(highest) - 8}" text-anchor="${side.anchor}">${inMB(highest)}, ${escape(where(ledger))}</text>`,
  ]
  const limit =
    budget === undefined
      ? []
      : [
          `<line class="limit" x1="${left}" x2="${left + wide}" y1="${y(budget)}" y2="${y(budget)}"/>`,
          `<text x="${left + wide}" y="${y(budget) - 6}" text-anchor="end">budget ${inMB(budget)}</text>`,
        ]
  const legend = shown.toReversed().map((owner, i) => {
    const [row, most] = [above + 8 + 22 * i, Math.max(...points.map(({ bytes }) => bytes[owner]))]
    return `<rect x="${left + wide + 24}" y="${row}" width="12" height="12" rx="2" fill="${colors[owner]}"/><text x="${left + wide + 42}" y="${row + 10}">${owner}</text><text x="${width - 16}" y="${row + 10}" text-anchor="end">${inMB(most)}</text>`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escape(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="heading" x="${left}" y="28">${escape(title)}</text>`,
    ...marks,
    ...areas,
    ...phases,
    `<line class="axis" x1="${left}" x2="${left + wide}" y1="${below}" y2="${below}"/>`,
    ...limit,
    ...peak,
    ...legend,
    "</svg>",
    "",
  ].join("\n")
}

const [width, height, left, above, wide, tall] = [960, 440, 64, 64, 680, 320]

const below = above + tall

/** The colors of Okabe and Ito and tints of them, which most people can distinguish. */
const colors: Readonly<Record<Owner, string>> = {
  parameters: "#4d5b6b",
  optimizer: "#8c99a8",
  input: "#c3cad3",
  kept: "#0072b2",
  tapes: "#56b4e9",
  planes: "#009e73",
  padding: "#8fd6bf",
  state: "#f0e442",
  gradients: "#d55e00",
  cotangents: "#e69f00",
  evidence: "#000000",
  working: "#cc79a7",
}

const style = [
  "text{font:12px system-ui,sans-serif;fill:#222}.heading{font-size:16px;font-weight:600}.strong{font-weight:600}",
  ".paper{fill:#fff}.grid{stroke:#ddd}.axis{stroke:#222}.edge{stroke:#222;stroke-dasharray:2 3}",
  ".limit{stroke:#b00020;stroke-width:1.5;stroke-dasharray:6 4}.mark{fill:#fff;stroke:#222;stroke-width:2}",
  "@media(prefers-color-scheme:dark){text{fill:#eee}.paper{fill:#16181c}.grid{stroke:#333}.axis,.edge{stroke:#eee}.mark{fill:#16181c;stroke:#eee}}",
].join("")

/** Each part has a beginning, its highest moment in the middle, and an end. */
const through = ({ start, moments }: Ledger): ReadonlyArray<Point> => {
  const work = moments.map(({ operations, moved }) => operations / 30 + moved / 4)
  const least = work.reduce((sum, each) => sum + each, 0) / 400 || 1
  let x = 0
  let before = start
  return moments.flatMap(({ peak, end }, i) => {
    const [from, span] = [x, Math.max(least, work[i] ?? 0)]
    const part = [
      { x: from, bytes: before },
      { x: from + span / 2, bytes: peak },
      { x: from + span, bytes: end },
    ]
    x = from + span
    before = end
    return part
  })
}

/** Returns where the phases begin and end. */
const spans = ({ moments }: Ledger, points: ReadonlyArray<Point>) => {
  const names = { forward: "forward", pullback: "backward", update: "update" }
  const found: Array<{ readonly name: string; readonly from: number; to: number }> = []
  for (const [i, { phase }] of moments.entries()) {
    const [from, to] = [points[3 * i]?.x ?? 0, points[3 * i + 2]?.x ?? 0]
    const last = found.at(-1)
    if (last?.name === names[phase]) last.to = to
    else found.push({ name: names[phase], from, to })
  }
  return found
}

const where = (ledger: Ledger): string => {
  const highest = peakOf(ledger)
  return highest === null
    ? ""
    : highest.phase === "update"
      ? "update"
      : `${highest.phase} of ${highest.path || "the network"}`
}

/** Returns about five round numbers of bytes below `top`. */
const ticks = (top: number): ReadonlyArray<number> => {
  const rough = top / 2 ** 20 / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10) * power * 2 ** 20
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step)
}

const label = (bytes: number): string => String(Number((bytes / 2 ** 20).toPrecision(3)))

const inMB = (bytes: number): string => {
  const mb = bytes / 2 ** 20
  return `${mb >= 100 ? mb.toFixed(0) : mb >= 1 ? mb.toFixed(1) : mb.toPrecision(2)} MB`
}

const round = (at: number): number => Math.round(10 * at) / 10

const escape = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
