/**
 * The part of the engine's `WebAssembly` that kernels use. Only the types of browsers declare it; those of Node do not.
 */

// ---------------------------------------------------------------- model

/** A memory that instances share. */
export interface Memory {
  readonly buffer: ArrayBufferLike
}

interface WebAssembly {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: Readonly<Record<string, unknown>> }
}

// ------------------------------------------------------------ instances

// every engine that runs tfjs has it
export const { WebAssembly: webAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssembly }
