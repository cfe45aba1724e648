/**
 * Why Vulkan offers no device on this system, as far as its files show.
 */
import { existsSync, readdirSync } from "node:fs"
import { homedir } from "node:os"
import { delimiter, join } from "node:path"
import { findLibraries } from "../programs/findLibraries.ts"
import type { Obstacle, Remedy } from "./Obstacle.ts"

/** SwiftShader, a driver that runs on the CPU, in Debian's package chromium. */
const manifest = "/usr/lib/chromium/vk_swiftshader_icd.json"

// ---------------------------------------------------------- destructors

/** The first that is missing: the loader, a driver, or a device that the driver accepts. */
export const vulkanObstacle = async (): Promise<Obstacle> => {
  if ((await findLibraries(["libvulkan.so.1"])).length === 0)
    return {
      problem: "The Vulkan loader libvulkan.so.1 is not installed.",
      remedies: [
        { advice: "On Debian or Ubuntu:", commands: ["apt install libvulkan1"] },
        { advice: "On Fedora:", commands: ["dnf install vulkan-loader"] },
      ],
    }
  const chosen = variables.find((name) => (process.env[name] ?? "") !== "")
  const files = chosen === undefined ? [] : (process.env[chosen] ?? "").split(delimiter)
  if (chosen !== undefined && !files.some((file) => existsSync(file)))
    return {
      problem: `${chosen} names ${files.join(" and ")}, which does not exist.`,
      remedies: [{ advice: "Name the manifest of a driver, or run:", commands: [`unset ${chosen}`] }],
    }
  const drivers = chosen === undefined ? manifests() : files
  if (drivers.length === 0)
    return {
      problem: "No Vulkan driver is installed.",
      remedies: [
        { advice: "For an AMD or Intel GPU:", commands: ["apt install mesa-vulkan-drivers"] },
        {
          advice: "For an NVIDIA GPU, install its driver, and start containers with:",
          commands: ["docker run --gpus all -e NVIDIA_DRIVER_CAPABILITIES=all"],
        },
        swiftShader(),
      ],
    }
  return {
    problem: `The Vulkan driver ${drivers.join(", ")} offers no device.`,
    remedies: [
      { advice: "See what it reports:", commands: ["vulkaninfo --summary"] },
      {
        advice: "In a container, pass the GPU to it:",
        commands: ["--device /dev/dri (AMD, Intel) or --gpus all (NVIDIA)"],
      },
      swiftShader(),
    ],
  }
}

/** Those that replace the loader's own search, the stronger first. */
const variables = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"]

/** The drivers that the loader finds by itself. */
const manifests = (): ReadonlyArray<string> =>
  [
    process.env["XDG_DATA_HOME"] ?? join(homedir(), ".local", "share"),
    "/etc",
    "/etc/xdg",
    "/usr/local/share",
    "/usr/share",
  ].flatMap((parent) => {
    const folder = join(parent, "vulkan", "icd.d")
    return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".json")) : []
  })

const swiftShader = (): Remedy => ({
  advice: "Without a GPU, run tests on SwiftShader, the software driver in Chromium:",
  commands: [...(existsSync(manifest) ? [] : ["apt install chromium"]), `export VK_ICD_FILENAMES=${manifest}`],
})
