import { tf } from "bijou/tensor"

/** The first number of the first tensor, which can be read only when all are computed. */
export const firstOf = async ([made]: ReadonlyArray<tf.Tensor>): Promise<number | undefined> => {
  if (made === undefined) throw new Error("there is no tensor to read")
  const value = tf.tidy(() => made.flatten().slice([0], [1]))
  const [number] = await value.data()
  value.dispose()
  return number
}
