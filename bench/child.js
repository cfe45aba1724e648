/**
 * One mode of one benchmark, in a process of its own that lives as long as the run: `node child.js FILE MODE DEPTH THREADS`.
 *
 * With THREADS the BLAS of `npx bijou native` does the matrix products. Sends `ready`, then answers every `take` with the milliseconds of one
 * step, on the clock and of the processor, and every `measure` with bytes.
 */
const [file = "", mode = "", depth = "", threads = ""] = process.argv.slice(2)
const { modes } = await import(new URL(file, import.meta.url).href)

// The terminal sends Ctrl-C to every process; the parent answers it.
process.on("SIGINT", () => {})
process.on("disconnect", () => process.exit())

const answers = {
  take: async ({ take }) => {
    const [start, before] = [performance.now(), process.cpuUsage()]
    const loss = await take()
    const { user, system } = process.cpuUsage(before)
    return { ms: performance.now() - start, cpu: (user + system) / 1e3, loss }
  },
  measure: ({ measure }) => measure(),
}

try {
  if (threads !== "") await native(Number(threads))
  const made = await modes[mode](Number(depth))
  process.on("message", (question) => {
    answers[question](made).then((answer) => process.send({ answer }), fail)
  })
  process.send({ answer: "ready" })
} catch (error) {
  fail(error)
}

async function native(threads) {
  const { useNative } = await import("bijou/native")
  if ((await useNative({ threads })) === null) throw new Error("no BLAS is set up. Run: npx bijou native")
}

function fail(error) {
  process.send({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
}
