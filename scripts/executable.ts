/** Makes the command executable, as npm does when it installs the package. */
import { chmodSync } from "node:fs"
import { fileURLToPath } from "node:url"

chmodSync(fileURLToPath(new URL("../dist/src/cli/bijou.js", import.meta.url)), 0o755)
