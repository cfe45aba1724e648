/**
 * Ten thousand parts: counts the buffers held meanwhile.
 */
import { either as E } from "fp-ts"
import { Bdia, chain, hostEnv, Params, repeat, run, Side, type Bijection, type Env } from "bijou"
import { numberLayer } from "bijou/laws"
import { handleLayer, handleSpace, handleWatch, holdings } from "../../laws/engine/Handle.ts"
import { describe, expect, it } from "vitest"

const right = <X>(result: E.Either<unknown, X>): X => {
  if (E.isLeft(result)) throw result.left
  return result.right
}

describe("ten thousand parts", () => {
  // There is no time limit, which would depend on the machine: none of these programs waits for anything.
  const n = 10_000

  /** Runs every program of f, and returns the most buffers held in each. */
  const peaks = async <P, B, S>(
    make: (owned: ReturnType<typeof holdings>) => {
      readonly f: Bijection<P, ReturnType<ReturnType<typeof holdings>["make"]>, B, S>
      readonly params: P
      readonly cotangent: () => B
    },
  ) => {
    const owned = holdings()
    const { f, params, cotangent } = make(owned)
    const env: Env<P> = { ...hostEnv({ params, seed: 3 }), scope: owned.scope, watch: handleWatch(owned) }
    const x = owned.make(1.5)
    owned.peak()
    const [b, side] = right(await run(f.forward(x))(env)())
    const forward = owned.peak()
    owned.scope.release(right(await run(f.inverse(b, side))(env)()))
    const inverse = owned.peak()
    owned.scope.release(right(await run(f.infer(x))(env)()))
    const infer = owned.peak()
    const { input, cotangent: dx } = right(await run(f.pullback(b, side, cotangent()))(env)())
    const pullback = owned.peak()
    const back = owned.read(input)
    owned.scope.release([x, input, dx])
    return { forward, inverse, infer, pullback, back, left: owned.held() }
  }

  it("of BDIA neither overflow the stack nor hold their activations", async () => {
    const at = async (depth: number) =>
      peaks((owned) => {
        const handles = handleSpace(owned, 9)
        const f = Bdia.fromResidual({ space: handles, layer: handleLayer(owned, numberLayer(0)) }, depth)
        const weights = Array.from({ length: depth }, (_, i) => ({ w: 0.5, v: 1, b: (i % 5) / 10 }))
        return { f, params: weights, cotangent: () => [owned.make(1), owned.make(1)] as const }
      })
    const [few, many] = [await at(100), await at(n)]
    expect(many).toEqual(few)
    expect(many.back).toBe(1.5)
    expect(many.left).toBe(0)
    for (const peak of [many.forward, many.inverse, many.infer, many.pullback]) expect(peak).toBeLessThanOrEqual(16)
  }, 0)

  it("of repeat and of chain save nothing except what an isomorphism saves", async () => {
    const moved = (owned: ReturnType<typeof holdings>) => {
      type H = ReturnType<typeof owned.make>
      const by = (x: H, b: number) => owned.make(owned.read(x) + b)
      const part: Bijection<{ readonly b: number }, H, H, null> = {
        params: Params.struct({ b: Params.number(() => 1) }),
        side: Side.nothing,
        forward: (a) => (env) => E.right([by(a, env.params.b), null]),
        inverse: (b) => (env) => E.right(by(b, -env.params.b)),
        infer: (a) => (env) => E.right(by(a, env.params.b)),
        pullback: (b, _side, db) => (env) => {
          const input = by(b, -env.params.b)
          env.scope.release(b)
          return E.right({ input, cotangent: db, grads: { b: 1 } })
        },
      }
      return part
    }
    const params = Array.from({ length: n }, () => ({ b: 0.25 }))
    for (const f of [
      await peaks((owned) => ({ f: repeat(n)(moved(owned)), params, cotangent: () => owned.make(1) })),
      await peaks((owned) => ({ f: chain(moved(owned), moved(owned), n), params, cotangent: () => owned.make(1) })),
    ]) {
      expect(f.back).toBe(1.5)
      expect(f.left).toBe(0)
      for (const peak of [f.forward, f.inverse, f.infer, f.pullback]) expect(peak).toBeLessThanOrEqual(6)
    }
  }, 0)
})
