/**
 * Waits for the next task of the event loop, so that timers, signals, servers and pages run while a loop computes.
 *
 * Awaiting a settled promise does not let them run. A timer would, but nested timers wait 4 ms in browsers.
 */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    // Browsers do not have it.
    const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => void }
    if (setImmediate !== undefined) {
      setImmediate(resolve)
      return
    }
    // This is the browser's channel, but the typings are Node's.
    const { port1, port2 } = new MessageChannel() as unknown as Readonly<Record<"port1" | "port2", Port>>
    port1.onmessage = () => {
      port1.close() // close both: an open port keeps the process alive
      resolve()
    }
    port2.postMessage(null)
  })

interface Port {
  onmessage: (() => void) | null
  readonly postMessage: (message: null) => void
  readonly close: () => void
}
