/**
 * `bijou doctor`: reports what each backend can do here, and how to fix what is missing.
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

/** Runs the command and returns its exit code, which is 1 if a backend that is set up does not work. */
export const doctor = async ({ json }: DoctorOptions): Promise<number> => {
  const progress = json ? null : startProgressBar("checking", looks.length)
  const diagnosis = await diagnose((done, name) => progress?.update(done, name))
  progress?.stop()
  process.stdout.write(`${json ? JSON.stringify(diagnosis, null, 2) : toText(diagnosis, columns())}\n`)
  return isHealthy(diagnosis) ? 0 : 1
}
