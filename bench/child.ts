/**
 * One mode of one benchmark, in a process of its own that lives as long as the run: `node child.js FILE MODE DEPTH PLACE`, PLACE as JSON.
 *
 * Sends what it runs on when it stands, then answers every `take` with the milliseconds of one step, on the clock and of the processor, and
 * every `measure` with bytes.
 */
import { startOn } from "./Place.ts"

const [file = "", mode = "", depth = "", place = ""] = process.argv.slice(2)

// The terminal sends Ctrl-C to every process; the parent answers it.
process.on("SIGINT", () => {})
process.on("disconnect", () => process.exit())

const answers = {
  take: async ({ take, repeat = 1 }) => {
    const [start, before] = [performance.now(), process.cpuUsage()]
    let loss
    for (let i = 0; i < repeat; i++) loss = await take()
    const { user, system } = process.cpuUsage(before)
    return { ms: (performance.now() - start) / repeat, cpu: (user + system) / 1e3 / repeat, loss }
  },
  /** `process` is the most that this process has ever had in memory; it is read before `measure` adds anything. */
  measure: async ({ measure }) => {
    const process = processPeak()
    return { ...(await measure()), process }
  },
}

try {
  const started = await startOn(JSON.parse(place))
  const { modes } = await import(new URL(file, import.meta.url).href)
  const made = await modes[mode](Number(depth))
  process.on("message", (question) => {
    answers[question](made).then((answer) => process.send({ answer }), fail)
  })
  process.send({ answer: started })
} catch (error) {
  fail(error)
}

function processPeak() {
  return process.resourceUsage().maxRSS * 1024
}

function fail(error) {
  process.send({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
}
