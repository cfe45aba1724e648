/**
 * The process in which `bijou start` rebuilds activations from bytes; its argument is the folder with the bytes.
 */
import { rebuild } from "./roundTrip.ts"

// Ctrl-C reaches every process of the terminal; the parent handles it.
process.on("SIGINT", () => {})

await rebuild(process.argv[2] ?? ".")
