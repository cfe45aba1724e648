/**
 * The one door to TensorFlow.js: every other file imports `tf` from here.
 *
 * Loads the cpu and wasm backends; which one runs is chosen by `backend.ts`.
 */
import * as tf from "@tensorflow/tfjs"
import * as wasm from "@tensorflow/tfjs-backend-wasm"

export { tf, wasm }
