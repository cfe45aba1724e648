/**
 * The laws of the catalogue in vitest.
 */
import { checkLaws, presets } from "bijou/laws"
import { catalogue } from "bijou/laws/tensor"
import { useBackend, type BackendName } from "bijou/tensor"
import { beforeAll, describe, it } from "vitest"

/** Every law of every entry, under the quick preset: on a backend, or on the host. */
export const checkCatalogue = async (where: BackendName | "host"): Promise<void> => {
  const onDevice = where !== "host"
  if (onDevice) await useBackend(where)
  describe(`the catalogue on ${where}`, async () => {
    if (onDevice) beforeAll(() => useBackend(where))
    for (const { set, cost } of catalogue().filter((entry) => entry.onDevice === onDevice))
      checkLaws({ describe, it }, await set(), presets.quick[cost])
  })
}
