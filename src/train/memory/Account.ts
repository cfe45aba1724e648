/**
 * An account of which part owns which buffer while a program runs.
 *
 * A part's output and side are known when it ends. Until then, whatever it has allocated and not freed is `working`.
 */
import type { Content } from "../../core/Side.ts"
import { aliveBuffers } from "../../tensor/values/buffers.ts"
import { tensorsIn } from "../../tensor/values/tree.ts"
import { owners, type Bytes, type Owner } from "./Ledger.ts"

// ---------------------------------------------------------------- model

/** Buffers with their owners. Buffers that were alive before it was made count only if they are claimed. */
export interface Account {
  /** Assigns the tensors in `value` to `owner` until the claim `key` is replaced. */
  readonly claim: (key: string, owner: Owner, value: unknown) => void
  /** Does the same for buffers by their ids. */
  readonly claimBuffers: (key: string, owner: Owner, ids: Iterable<object>) => void
  /** Records what the side of a part contains: planes, other information, kept inputs and tapes. */
  readonly claimSide: (key: string, contents: ReadonlyArray<Content>) => void
  readonly drop: (key: string) => void
  readonly made: (id: object, bytes: number) => void
  readonly freed: (id: object) => void
  /** Returns the current bytes by owner. */
  readonly now: () => Bytes
  /** Returns the current bytes of all owners. */
  readonly total: () => number
}

// --------------------------------------------------------- constructors

/** Makes an account without entries. */
export const account = (): Account => {
  const entries = new Map<object, { readonly bytes: number; readonly claims: Map<string, Owner>; padding: number }>()
  const byKey = new Map<string, object[]>()
  const totals = new Map<Owner, number>(owners.map((owner) => [owner, 0]))
  let sum = 0

  const add = (owner: Owner, bytes: number): void => void totals.set(owner, (totals.get(owner) ?? 0) + bytes)
  const ownerOf = (claims: ReadonlyMap<string, Owner>): Owner => {
    const all = [...claims.values()]
    return owners.find((owner) => all.includes(owner)) ?? "working"
  }
  /** Adds an entry to the totals, or subtracts it. */
  const post = (id: object, sign: 1 | -1): void => {
    const entry = entries.get(id)
    if (entry === undefined) return
    const owner = ownerOf(entry.claims)
    const padding = owner === "planes" ? entry.padding : 0
    add(owner, sign * (entry.bytes - padding))
    add("padding", sign * padding)
    sum += sign * entry.bytes
  }
  const made = (id: object, bytes: number): void => {
    entries.set(id, { bytes, claims: new Map(), padding: 0 })
    post(id, 1)
  }
  const claimBuffer = (key: string, owner: Owner, id: object, padding: number): void => {
    const entry = entries.get(id)
    if (entry === undefined) return
    post(id, -1)
    entry.claims.set(key, owner)
    entry.padding = padding
    post(id, 1)
    const ids = byKey.get(key) ?? []
    ids.push(id)
    byKey.set(key, ids)
  }
  const claim = (key: string, owner: Owner, value: unknown): void => {
    for (const { dataId } of tensorsIn(value)) claimBuffer(key, owner, dataId, 0)
  }
  const claimSide = (key: string, contents: ReadonlyArray<Content>): void => {
    for (const content of contents)
      if (content._tag !== "plane") claim(key, ownerOfContent[content._tag], content.value)
      else
        for (const { dataId } of tensorsIn(content.value))
          claimBuffer(key, "planes", dataId, (entries.get(dataId)?.bytes ?? 0) - Math.ceil(content.bits / 8))
  }
  return {
    claim,
    claimBuffers: (key, owner, ids) => {
      for (const id of ids) claimBuffer(key, owner, id, 0)
    },
    claimSide,
    drop: (key) => {
      for (const id of byKey.get(key) ?? []) {
        const entry = entries.get(id)
        if (entry === undefined) continue
        post(id, -1)
        entry.claims.delete(key)
        post(id, 1)
      }
      byKey.delete(key)
    },
    made,
    freed: (id) => {
      post(id, -1)
      entries.delete(id)
    },
    now: () => Object.fromEntries(totals) as Bytes, // one entry for every owner
    total: () => sum,
  }
}

const ownerOfContent = { information: "planes", kept: "kept", tape: "tapes" } as const

/** Assigns tensors that were alive before to an owner permanently. */
export const enter = (book: Account, owner: Owner, value: unknown): void => {
  const bytes = aliveBuffers()
  for (const id of new Set(tensorsIn(value).map(({ dataId }) => dataId))) book.made(id, bytes.get(id) ?? 0)
  book.claim(owner, owner, value)
}
