/**
 * Routines over regions of images: a number of images, rows and columns, with some contiguous floats in each column.
 * The source and the destination have their own steps from one column, row and image to the next, so the caller
 * determines strides and padding.
 */
import type { WasmBackend } from "../WasmBackend.ts"
import type { Code, V128, I32 } from "../assembler/Code.ts"
import { compile } from "../assembler/Routine.ts"

// ---------------------------------------------------------------- model

/** The counts of a region, and its addresses and steps in bytes. */
export interface Region {
  readonly images: number
  readonly rows: number
  readonly columns: number
  readonly floats: number
  readonly from: number
  readonly fromImage: number
  readonly fromRow: number
  readonly fromColumn: number
  readonly to: number
  readonly toImage: number
  readonly toRow: number
  readonly toColumn: number
}

const REGION = [
  ...(["images", "rows", "columns", "floats"] as const),
  ...(["from", "fromImage", "fromRow", "fromColumn"] as const),
  ...(["to", "toImage", "toRow", "toColumn"] as const),
] as const

type Wholes = Readonly<Record<(typeof REGION)[number], I32>>

// --------------------------------------------------------- constructors

/** Up to 16 contiguous floats, and how they are read and written. */
interface Block {
  /** The offset of each vector in bytes. */
  readonly offsets: readonly number[]
  readonly load: (place: I32, offset: number) => V128
  readonly store: (place: I32, x: V128, offset: number) => void
}

/** Writes a loop over blocks of floats, with their distance in bytes from the first one. */
const blocksOf = (code: Code, floats: I32, body: (at: I32, block: Block) => void): void =>
  code.blocks(floats, [16, 8, 4, 1], (first, size) =>
    body(code.i32.mul(first, 4), {
      offsets: Array.from({ length: Math.max(1, size / 4) }, (_, v) => 16 * v),
      load: size === 1 ? code.splat : code.load,
      store: size === 1 ? code.storeOne : code.store,
    }),
  )

/** Visits all columns; `at` is added to both addresses. `afterRow` runs when a row of columns is finished. */
const walk = (
  { advance, counter, i32, repeat }: Code,
  region: Wholes,
  at: I32 | number,
  body: (from: I32, to: I32) => void,
  afterRow: () => void = () => {},
): void => {
  const [fromImage, toImage] = [counter(i32.add(region.from, at)), counter(i32.add(region.to, at))]
  repeat(region.images, () => {
    const [fromRow, toRow] = [counter(fromImage), counter(toImage)]
    repeat(region.rows, () => {
      const [from, to] = [counter(fromRow), counter(toRow)]
      repeat(region.columns, () => {
        body(from, to)
        advance(from, region.fromColumn)
        advance(to, region.toColumn)
      })
      afterRow()
      advance(fromRow, region.fromRow)
      advance(toRow, region.toRow)
    })
    advance(fromImage, region.fromImage)
    advance(toImage, region.toImage)
  })
}

const moved = (join: (code: Code, to: () => V128, from: () => V128) => V128) =>
  compile({
    integers: REGION,
    numbers: [],
    body: (code, region) =>
      walk(code, region, 0, (from, to) =>
        code.along(region.floats, (part) =>
          part.store(
            to,
            join(
              code,
              () => part.load(to),
              () => part.load(from),
            ),
          ),
        ),
      ),
  })

/** Returns the region with source and destination swapped. */
export const turned = (region: Region): Region => ({
  ...region,
  ...{ from: region.to, fromImage: region.toImage, fromRow: region.toRow, fromColumn: region.toColumn },
  ...{ to: region.from, toImage: region.fromImage, toRow: region.fromRow, toColumn: region.fromColumn },
})

// ------------------------------------------------------------ instances

/** Computes to = from. */
export const copyRegion = moved((_, __, from) => from())

/** Computes to = 0. */
export const clearRegion = moved((code) => code.constant(0))

/** Computes to += from. */
export const addRegion = moved((code, to, from) => code.add(to(), from()))

/** Computes to += from for `floats` floats. */
export const addInto = (backend: WasmBackend, from: number, to: number, floats: number): void => {
  const still = { fromImage: 0, fromRow: 0, fromColumn: 0, toImage: 0, toRow: 0, toColumn: 0 }
  addRegion(backend, { images: 1, rows: 1, columns: 1, floats, from, to, ...still })
}

/** Computes to += from * weights, where `weights` is the address of as many floats as a column has. */
export const addWeightedRegion = compile({
  integers: [...REGION, "weights"] as const,
  numbers: [],
  body: (code, { weights, ...region }) => {
    const { add, i32, mul } = code
    blocksOf(code, region.floats, (at, { offsets, load, store }) => {
      const place = i32.add(weights, at)
      const factors = offsets.map((offset) => ({ offset, factor: load(place, offset) }))
      walk(code, region, at, (from, to) => {
        for (const { offset, factor } of factors)
          store(to, add(load(to, offset), mul(load(from, offset), factor)), offset)
      })
    })
  },
})

/** Computes sums += from * to over all columns, row by row; `sums` is the address of as many floats as a column has. */
export const sumProducts = compile({
  integers: [...REGION, "sums"] as const,
  numbers: [],
  body: (code, { sums, ...region }) => {
    const { add, assign, constant, i32, mul, variable } = code
    blocksOf(code, region.floats, (at, { offsets, load, store }) => {
      const [place, zero] = [i32.add(sums, at), constant(0)]
      const totals = offsets.map((offset) => ({
        offset,
        total: variable(load(place, offset)),
        row: variable(zero),
      }))
      walk(
        code,
        region,
        at,
        (from, to) => {
          for (const { offset, row } of totals) assign(row, add(row, mul(load(from, offset), load(to, offset))))
        },
        () => {
          for (const { total, row } of totals) {
            assign(total, add(total, row))
            assign(row, zero)
          }
        },
      )
      for (const { offset, total } of totals) store(place, total, offset)
    })
  },
})
