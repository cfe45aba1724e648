/**
 * Evaluates code with the same kernels in every direction, and records a tape whose gradient is taken later.
 *
 * Laws (checked by `laws/sets/Layer.ts`): the values of `quietly` and `record` have the same bits, and so do the
 * gradients of `record` and of `tf.valueAndGrads`.
 */
import { sameShape } from "../../exact/frame.ts"
import { registerGradients } from "../gradients/index.ts"
import { engineState, isMadeHere, tf, unkeep, type TapeNode } from "../tf.ts"
import { mapTensors, tensorsIn } from "../values/tree.ts"

registerGradients()

// ---------------------------------------------------------------- model

/** A value and the tape for its gradients. */
export interface Recording<B> {
  readonly value: B
  /**
   * Returns the gradients in the order of the inputs, with zeros for inputs that the value does not depend on. It
   * consumes the tape.
   */
  readonly pull: (cotangent: B) => ReadonlyArray<tf.Tensor>
  readonly held: ReadonlyArray<tf.Tensor>
}

// --------------------------------------------------------- constructors

/**
 * Runs tensor code at gradient depth 1 with the tape off.
 *
 * Inside gradients TensorFlow.js selects other kernels (`tf.fused.*` is not fused), so a forward pass that is later
 * replayed under a tape must run as if it were under one.
 */
export const quietly = <B>(body: () => B): B => {
  const state = engineState()
  const { gradientDepth, kernelDepth } = state
  state.gradientDepth = 1
  state.kernelDepth = 1
  try {
    return tf.tidy(body as () => tf.TensorContainer) as B // tidy passes any structure through
  } finally {
    state.gradientDepth = gradientDepth
    state.kernelDepth = kernelDepth
  }
}

/** Runs tensor code and records its derivative with respect to `inputs`. It leaves an outer tape unchanged. */
export const record = <B>(body: () => B, inputs: ReadonlyArray<tf.Tensor>): Recording<B> => {
  const state = engineState()
  const { activeTape, gradientDepth, kernelDepth } = state
  const tape: TapeNode[] = []
  state.activeTape = tape
  state.gradientDepth = 1
  state.kernelDepth = 0
  try {
    const value = tf.tidy(body as () => tf.TensorContainer) as B // tidy passes any structure through
    const steps = relevant(tape, inputs, tensorsIn(value))
    const held: tf.Tensor[] = []
    for (const { node } of steps) held.push(...(node.saved ?? []))
    for (const saved of held) unkeep(saved)
    return { value, held, pull: (cotangent) => quietly(() => pull(steps, inputs, value, cotangent)) }
  } catch (error) {
    for (const node of tape) free(node)
    throw error
  } finally {
    state.activeTape = activeTape
    state.gradientDepth = gradientDepth
    state.kernelDepth = kernelDepth
  }
}

const free = (node: TapeNode): void => {
  for (const saved of node.saved ?? []) saved.dispose()
}

/** A node of the tape and the names of the inputs that receive a gradient. */
interface TapedNode {
  readonly node: TapeNode
  readonly names: ReadonlyArray<string>
}

/** Returns the nodes on paths from inputs to outputs, the last node first, and frees the other nodes. */
const relevant = (
  tape: ReadonlyArray<TapeNode>,
  inputs: ReadonlyArray<tf.Tensor>,
  outputs: ReadonlyArray<tf.Tensor>,
): ReadonlyArray<TapedNode> => {
  const reached = new Set<number>()
  for (const { id } of inputs) reached.add(id)
  const forwards: TapedNode[] = []
  for (const node of tape) {
    const names = Object.keys(node.inputs).filter((name) => {
      const input = node.inputs[name]
      return input !== undefined && reached.has(input.id) && flowsTo(input, node)
    })
    if (names.length === 0) free(node)
    else {
      for (const output of node.outputs) reached.add(output.id)
      forwards.push({ node, names })
    }
  }
  const wanted = new Set<number>()
  for (const { id } of outputs) wanted.add(id)
  return forwards.reverse().filter(({ node, names }) => {
    const leads = node.outputs.some(({ id }) => wanted.has(id))
    if (leads) for (const name of names) wanted.add(node.inputs[name]?.id ?? -1)
    else free(node)
    return leads
  })
}

/**
 * Returns whether an input receives a gradient. Indices, conditions and other integers receive none unless they are
 * cast to floats again.
 */
const flowsTo = ({ dtype }: tf.Tensor, { kernelName }: TapeNode): boolean =>
  kernelName === "Cast" || (dtype !== "int32" && dtype !== "bool")

/** Runs backpropagation over the nodes, in the same order and with the same additions as TensorFlow.js. */
const pull = <B>(
  steps: ReadonlyArray<TapedNode>,
  inputs: ReadonlyArray<tf.Tensor>,
  value: B,
  cotangent: B,
): ReadonlyArray<tf.Tensor> => {
  const gradients = new Map<number, tf.Tensor>()
  const accumulate = (id: number, gradient: tf.Tensor): void => {
    const sum = gradients.get(id)
    gradients.set(id, sum === undefined ? gradient : tf.add(sum, gradient))
    if (sum === undefined) return
    sum.dispose()
    gradient.dispose()
  }
  const seeds = tensorsIn(cotangent)
  for (const [i, output] of tensorsIn(value).entries()) {
    const seed = seeds[i]
    if (seed !== undefined && output.dtype === "float32") accumulate(output.id, seed.clone())
  }
  const ends = new Set<number>()
  for (const { id } of inputs) ends.add(id)
  for (const { node, names } of steps) {
    const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null)
    if (dys.some((dy) => dy !== null))
      for (const [i, dx] of tf.tidy(() => gradientsOf(node, names, dys)).entries()) {
        const input = node.inputs[names[i] ?? ""]
        if (input === undefined) continue
        const fitting = sameShape(dx.shape, input.shape) ? dx : summedTo(input, dx, node)
        accumulate(input.id, dys.includes(fitting) ? fitting.clone() : fitting)
      }
    free(node)
    for (const { id } of node.outputs) {
      if (ends.has(id)) continue
      gradients.get(id)?.dispose()
      gradients.delete(id)
    }
  }
  const given = new Set<tf.Tensor>()
  return inputs.map(({ id, shape }) => {
    const gradient = gradients.get(id)
    if (gradient === undefined) return tf.zeros(shape)
    if (given.has(gradient) || !isMadeHere(gradient)) return gradient.clone()
    given.add(gradient)
    return gradient
  })
}

/** Returns the gradients of a node with respect to the named inputs. */
const gradientsOf = (
  { gradient, kernelName }: TapeNode,
  names: ReadonlyArray<string>,
  dys: ReadonlyArray<tf.Tensor | null>,
): tf.Tensor[] => {
  if (gradient === undefined) throw new Error(`${kernelName} has no gradient in TensorFlow.js.`)
  const back = gradient(dys)
  return names.map((name) => {
    const by = back[name]
    if (by === undefined) throw new Error(`${kernelName} has no gradient for its input ${name} in TensorFlow.js.`)
    return by()
  })
}

/** Sums a gradient over the axes along which its input was broadcast. Throws if the shapes do not fit a broadcast. */
const summedTo = ({ shape }: tf.Tensor, gradient: tf.Tensor, { kernelName }: TapeNode): tf.Tensor => {
  const more = gradient.rank - shape.length
  const fits = more >= 0 && shape.every((size, axis) => size === 1 || size === gradient.shape[axis + more])
  if (!fits)
    throw new Error(
      `The gradient of ${kernelName} has the shape [${gradient.shape.join(", ")}], but its input has [${shape.join(", ")}]. Return a gradient of the input's shape.`,
    )
  const axes = gradient.shape.flatMap((_, axis) => (axis < more || shape[axis - more] === 1 ? [axis] : []))
  const summed = tf.tidy(() => gradient.sum(axes).reshape([...shape]))
  gradient.dispose()
  return summed
}

// ----------------------------------------------------------- combinators

/** Returns the same structure, with a new handle for every tensor that was not made in the innermost scope. */
export const ownOutputs = <B>(value: B): B =>
  mapTensors(value, (tensor) => (isMadeHere(tensor) ? tensor : tensor.clone()))
