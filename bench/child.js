/**
 * One mode of one benchmark, in a process of its own that lives as long as the run: `node child.js FILE MODE DEPTH`.
 *
 * Sends `ready`, then answers every `take` with the milliseconds of one step and every `measure` with bytes.
 */
const [file = "", mode = "", depth = ""] = process.argv.slice(2)
const { modes } = await import(new URL(file, import.meta.url).href)

// The terminal sends Ctrl-C to every process; the parent answers it.
process.on("SIGINT", () => {})
process.on("disconnect", () => process.exit())

const answers = {
  take: async ({ take }) => {
    const start = performance.now()
    const loss = await take()
    return { ms: performance.now() - start, loss }
  },
  measure: ({ measure }) => measure(),
}

try {
  const made = await modes[mode](Number(depth))
  process.on("message", (question) => {
    answers[question](made).then((answer) => process.send({ answer }), fail)
  })
  process.send({ answer: "ready" })
} catch (error) {
  fail(error)
}

function fail(error) {
  process.send({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
}
