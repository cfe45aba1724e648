/**
 * `bijou doctor`: what every backend can do here, and what to do about what is missing.
 */
import { diagnose, looks } from "../../node/doctor/diagnose.ts"
import { isHealthy, toText } from "../../node/doctor/Diagnosis.ts"
import { columns } from "../columns.ts"
import { startProgressBar } from "../ProgressBar.ts"

// ---------------------------------------------------------------- model

export interface DoctorOptions {
  readonly json: boolean
}

// ---------------------------------------------------------- destructors

/** Runs the command; resolves to its exit code, which is 1 where something that is set up does not work as it should. */
export const doctor = async ({ json }: DoctorOptions): Promise<number> => {
  const progress = json ? null : startProgressBar("looking at", looks.length)
  const diagnosis = await diagnose((done, name) => progress?.update(done, name))
  progress?.stop()
  process.stdout.write(`${json ? JSON.stringify(diagnosis, null, 2) : toText(diagnosis, columns())}\n`)
  return isHealthy(diagnosis) ? 0 : 1
}
