/**
 * The ledger of a training step, predicted from shapes or measured while it runs.
 *
 * Laws (checked by `test/train/ledger.test.ts`): the prediction equals the measurement, byte for byte at every moment,
 * and the owners' bytes add up to those of the distinct buffers.
 */
import { either as E, function as F, type taskEither as TE } from "fp-ts"
import type { Bijection } from "../../core/Bijection.ts"
import { Env, type EnvOptions } from "../../core/Env.ts"
import { Params } from "../../core/Params.ts"
import type { RevError } from "../../core/RevError.ts"
import type { Path } from "../../core/Path.ts"
import type { Part, Scope } from "../../core/Scope.ts"
import type { Watch } from "../../core/Watch.ts"
import { listenToBuffers } from "../../tensor/values/buffers.ts"
import { inShapes, workSoFar } from "../../tensor/shapes/inShapes.ts"
import { tensorScope } from "../../tensor/values/tensorScope.ts"
import { tensorWatch } from "../../tensor/values/tensorWatch.ts"
import { tensorLeaves } from "../../tensor/values/parameterSide.ts"
import { tf } from "../../tensor/tf.ts"
import { account, enter } from "./Account.ts"
import { AdamW, type AdamWState } from "../AdamW.ts"
import { type Bytes, type Ledger, type Moment } from "./Ledger.ts"
import { weighted } from "../Gradient.ts"
import { normOf } from "../gradientNorm.ts"
import { update, type Trained } from "../step.ts"

// ---------------------------------------------------------------- model

/** A step to examine, which changes and frees nothing in it. With AdamW's state it includes the update. */
export interface Step<P, A> extends EnvOptions<P> {
  readonly input: A
  readonly state?: AdamWState<P>
}

// ---------------------------------------------------------- destructors

/**
 * Predicts the ledger of a step on the current backend from the shapes of its tensors. It computes nothing.
 * `LayerFailed` reports kernels whose output shapes depend on values.
 */
export const predictLedger = <P, A, S>(
  net: Bijection<P, A, tf.Tensor, S>,
  step: Step<P, A>,
): E.Either<RevError, Ledger> =>
  inShapes(() => {
    const watch = tensorWatch()
    const ledger = walk(net, step, watch)
    watch.settleNow() // This frees the evidence. Shapes have nothing to judge.
    return ledger
  })

/**
 * Takes the step, on copies of parameters and moments if there is an update, frees its result, and returns where the
 * bytes were.
 */
export const measureLedger =
  <P, A, S>(net: Bijection<P, A, tf.Tensor, S>, step: Step<P, A>): TE.TaskEither<RevError, Ledger> =>
  async () => {
    const watch = tensorWatch()
    const ledger = walk(net, step, watch)
    const evidence = await watch.settle()
    return E.isLeft(evidence) ? evidence : ledger
  }

const walk = <P, A, S>(
  net: Bijection<P, A, tf.Tensor, S>,
  step: Step<P, A>,
  inner: Watch,
): E.Either<RevError, Ledger> => {
  const book = account()
  // The update frees what it replaces, as in training.
  const trained = step.state === undefined ? null : copyOf(net.params, { params: step.params, state: step.state })
  const params = trained?.params ?? step.params
  enter(book, "input", step.input)
  enter(book, "parameters", net.params.leaves(params))
  if (trained !== null)
    enter(book, "optimizer", [net.params.leaves(trained.state.mean), net.params.leaves(trained.state.square)])
  const start = book.now()
  const moments: Moment[] = []
  let phase: Moment["phase"] = "forward"
  let open: { readonly path: string; readonly before: ReturnType<typeof workSoFar>; peak: Bytes; most: number } | null =
    null
  let fresh: Set<object> | null = null

  const close = (): void => {
    if (open === null) return
    const { path, before, peak } = open
    const work = workSoFar()
    const [operations, moved] = [work.operations - before.operations, work.bytes - before.bytes]
    moments.push({ phase, path, peak, end: book.now(), operations, moved })
    open = null
  }
  const begin = (path: Path): void => {
    close()
    open = { path: path.join("/"), before: workSoFar(), peak: book.now(), most: book.total() }
  }
  const end = <X>({ path, forward }: Part<X>, result: X): void => {
    const side = `side of ${path.join("/")}`
    if (phase === "forward" && forward !== undefined) {
      const { output, contents } = forward(result)
      book.drop("state")
      book.claim("state", "state", output)
      book.claimSide(side, contents)
    }
    if (phase === "pullback" && typeof result === "object" && result !== null && "grads" in result) {
      for (const key of [side, "state", "cotangents"]) book.drop(key)
      book.claim("state", "state", "input" in result ? result.input : null)
      book.claim("cotangents", "cotangents", "cotangent" in result ? result.cotangent : null)
      book.claim("gradients", "gradients", result.grads)
    }
  }
  const scope: Scope = {
    ...tensorScope,
    within: (body, part) => {
      if (part === undefined) return tensorScope.within(body)
      begin(part.path)
      const result = tensorScope.within(body)
      end(part, result)
      return result
    },
  }
  const watch: Watch = {
    ...inner,
    expect: (claim) => {
      fresh = new Set()
      inner.expect(claim)
      book.claimBuffers("evidence", "evidence", fresh)
      fresh = null
    },
  }
  const listener = {
    made: (id: object, bytes: number) => {
      book.made(id, bytes)
      fresh?.add(id)
      if (open !== null && book.total() > open.most) {
        open.peak = book.now()
        open.most = book.total()
      }
    },
    freed: (id: object) => book.freed(id),
  }
  const seen: Bijection<P, A, tf.Tensor, S> = {
    ...net,
    pullback: (b, side, cotangent) => (env) => {
      close()
      phase = "pullback"
      return net.pullback(b, side, cotangent)(env)
    },
  }
  return listenToBuffers(listener, () => {
    const result = scope.within(() => weighted(seen, step.input, 1)(Env.make({ ...step, params }, scope, watch)))
    close()
    if (E.isRight(result)) {
      const { loss, grads } = result.right
      if (trained !== null) {
        phase = "update"
        begin(["optimizer"])
        normOf(tensorLeaves(net.params, grads).map(([, leaf]) => leaf)).dispose()
        const next = update(net.params, AdamW.config)(trained, { grads, norm: 0 }, 0)
        book.claim("parameters", "parameters", next.params)
        book.claim("optimizer", "optimizer", [next.state.mean, next.state.square])
        close()
        tensorScope.release(next)
      }
      tensorScope.release([loss, grads])
    }
    tensorScope.release(trained)
    return F.pipe(
      result,
      E.map(() => ({ start, moments })),
    )
  })
}

const copyOf = <P>(params: Params<P>, { params: p, state }: Trained<P>): Trained<P> => {
  const copy = (tree: P): P =>
    F.pipe(
      Params.fromLeaves(params, new Map(tensorLeaves(params, tree).map(([path, leaf]) => [path, tf.add(leaf, 0)]))),
      E.getOrElseW((error) => {
        throw error
      }),
    )
  return { params: copy(p), state: { ...state, mean: copy(state.mean), square: copy(state.square) } }
}
