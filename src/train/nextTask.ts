/**
 * Waits for the next task of the event loop, so that timers, signals, servers and pages get their turn while a loop computes.
 *
 * Awaiting a promise that is settled gives them none. A timer would do, but nested ones wait 4 ms in browsers.
 */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { setImmediate } = globalThis as { readonly setImmediate?: (callback: () => void) => void } // browsers have none
    if (setImmediate !== undefined) {
      setImmediate(resolve)
      return
    }
    const { port1, port2 } = new MessageChannel() as unknown as Readonly<Record<"port1" | "port2", Port>> // not Node's, whose typings these are
    port1.onmessage = () => {
      port1.close() // both: an open one keeps a process alive
      resolve()
    }
    port2.postMessage(null)
  })

interface Port {
  onmessage: (() => void) | null
  readonly postMessage: (message: null) => void
  readonly close: () => void
}
