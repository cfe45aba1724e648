/** See laws.ts. */
import "./reference.ts"
import { useBackend } from "../../src/tensor/backend.ts"
import { casesOf } from "./cases.ts"
import { manifest } from "./laws.ts"

manifest("cpu", casesOf("cpu"), () => useBackend("cpu"))
