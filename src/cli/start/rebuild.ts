/**
 * The process that `bijou start` has rebuild activations from bytes; its one argument is the folder with them.
 */
import { rebuild } from "./roundTrip.ts"

// A Ctrl-C reaches every process of the terminal; the one that started this decides.
process.on("SIGINT", () => {})

await rebuild(process.argv[2] ?? ".")
