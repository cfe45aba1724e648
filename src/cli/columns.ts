/**
 * The width of a command's output.
 */

/** Of the terminal, at most 100 so that lines stay readable; 60 where there is no terminal. */
export const columns = (): number => Math.min(process.stdout.columns ?? 60, 100)
