/**
 * One mode of one benchmark, in a separate process that lives as long as the run: `node child.js FILE MODE DEPTH
 * PLACE`, with PLACE as JSON.
 *
 * Sends its backend when its network is made. Then it answers every `take` with the milliseconds of one step, on the
 * clock and of the processor, and every `measure` with bytes.
 */
import { decoded } from "./decoded.ts"
import { Question, type Bytes, type Mode, type Modes, type Taken } from "./Mode.ts"
import { Place, startOn } from "./Place.ts"

const [file = "", mode = "", depth = "", place = ""] = process.argv.slice(2)

// The terminal sends Ctrl-C to every process; the parent answers it.
process.on("SIGINT", () => {})
process.on("disconnect", () => process.exit())

const answers = {
  take: async ({ take, repeat = 1 }: Mode): Promise<Taken> => {
    const [start, before] = [performance.now(), process.cpuUsage()]
    for (let i = 0; i < repeat; i++) await take()
    const { user, system } = process.cpuUsage(before)
    return { ms: (performance.now() - start) / repeat, cpu: (user + system) / 1e3 / repeat }
  },
  /** The memory of the process is read before `measure` adds anything. */
  measure: async ({ measure }: Mode): Promise<Bytes> => {
    const most = process.resourceUsage().maxRSS * 1024
    return { ...(await measure()), process: most }
  },
}

const fail = (error: unknown): void => {
  process.send?.({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1))
}

try {
  const started = await startOn(decoded(Place, JSON.parse(place)))
  // As each of them exports.
  const { modes } = (await import(new URL(`modes/${file}.js`, import.meta.url).href)) as { modes: Modes }
  const make = modes[mode]
  if (make === undefined) throw new Error(`there is no such mode`)
  const made = await make(Number(depth))
  process.on("message", (question) => {
    answers[decoded(Question, question)](made).then((answer) => process.send?.({ answer }), fail)
  })
  process.send?.({ answer: started })
} catch (error) {
  fail(error)
}
