/**
 * `bijou setup webgpu`: checks that the backend webgpu works in Node, and says what is missing otherwise.
 */
import { either as E } from "fp-ts"
import { checkWebgpu } from "../../node/webgpu/checkWebgpu.ts"
import { paragraph, say } from "../say.ts"

// ---------------------------------------------------------- destructors

/** Runs the command and returns its exit code, which is 1 where the backend does not work. */
export const setupWebgpu = async (): Promise<number> => {
  const checked = await checkWebgpu()
  if (E.isLeft(checked)) {
    const { problem, remedies } = checked.left
    paragraph(`webgpu does not work here. ${problem}`)
    for (const { advice, commands } of remedies) {
      paragraph(advice)
      for (const command of commands) say(`  ${command}`)
    }
    return 1
  }
  const { name, software } = checked.right
  paragraph(`webgpu works: ${name}`)
  if (software) paragraph("This driver emulates a GPU on the CPU, for tests. Train on wasm, or install a GPU's driver.")
  paragraph("Use it with --backend webgpu, in programs with useWebgpu() from bijou/native.")
  return 0
}
