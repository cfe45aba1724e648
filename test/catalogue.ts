/**
 * The laws of the catalogue in vitest.
 */
import { checkLaws, presets, type Budget } from "bijou/laws"
import { catalogue } from "bijou/laws/tensor"
import { useBackend, type BackendName } from "bijou/tensor"
import { beforeAll, describe, it } from "vitest"

/** Every law of every entry, under the quick preset: on a backend, or on the host. `also` goes on behind the name, and of every `share` cases one is tried. */
export const checkCatalogue = async (where: BackendName | "host", also = "", share = 1): Promise<void> => {
  const onDevice = where !== "host"
  if (onDevice) await useBackend(where)
  describe(`the catalogue on ${where}${also}`, async () => {
    if (onDevice) beforeAll(() => useBackend(where))
    for (const { set, cost } of catalogue().filter((entry) => entry.onDevice === onDevice))
      checkLaws({ describe, it }, await set(), tried(presets.quick[cost], share))
  })
}

const tried = ({ runs = 20, ...budget }: Partial<Budget>, share: number): Partial<Budget> => ({
  ...budget,
  runs: Math.ceil(runs / share),
})
