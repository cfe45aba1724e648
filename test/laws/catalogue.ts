/**
 * The laws of the catalogue in vitest.
 */
import { checkLaws, presets } from "bijou/laws"
import type { JudgeOptions } from "../../laws/engine/Law.ts"
import { catalogue } from "bijou/laws/tensor"
import { useBackend, type BackendName } from "bijou/tensor"
import { beforeAll, describe, it } from "vitest"

/**
 * Runs every law of every entry under the quick preset, on a backend or on the host. `also` is appended to the name.
 * One of every `share` cases is tested, within `patience` times the preset's seconds.
 */
export const checkCatalogue = async (
  where: BackendName | "host",
  also = "",
  share = 1,
  patience = 1,
): Promise<void> => {
  const onDevice = where !== "host"
  if (onDevice) await useBackend(where)
  describe(`the catalogue on ${where}${also}`, async () => {
    if (onDevice) beforeAll(() => useBackend(where))
    for (const { set, cost } of catalogue().filter((entry) => entry.onDevice === onDevice))
      checkLaws({ describe, it }, await set(), tried(presets.quick[cost], share, patience))
  })
}

const tried = (
  { runs = 20, seconds = 5 }: Partial<JudgeOptions>,
  share: number,
  patience: number,
): Partial<JudgeOptions> => ({
  runs: Math.ceil(runs / share),
  seconds: seconds * patience,
})
