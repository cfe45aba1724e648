/**
 * What keeps the backend webgpu from starting, and the ways out.
 */

// ---------------------------------------------------------------- model

export interface Obstacle {
  readonly problem: string
  readonly remedies: ReadonlyArray<Remedy>
}

/** Advice, and the commands that follow it. */
export interface Remedy {
  readonly advice: string
  readonly commands: ReadonlyArray<string>
}
