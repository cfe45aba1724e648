/**
 * The wheels of OpenBLAS on PyPI: one version, pinned per platform by its digest.
 */

// ---------------------------------------------------------------- model

/** A wheel, which is a zip file, and the library in it. */
export interface Wheel {
  readonly version: string
  /** The platform tags at the end of its name. */
  readonly platform: string
  readonly sha256: string
  /** BLAKE2b-256 of the file, which is part of its URL. */
  readonly blake2: string
  readonly library: string
}

export const distribution = "scipy-openblas32"

const version = "0.3.34.481.3"

const so = "scipy_openblas32/lib/libscipy_openblas.so"
const dylib = "scipy_openblas32/lib/libscipy_openblas.dylib"

const wheels: Readonly<Record<string, Omit<Wheel, "version">>> = {
  "linux-x64": {
    platform: "manylinux_2_27_x86_64.manylinux_2_28_x86_64",
    sha256: "0595f94cd58c1f8a0d90c975621f4587337a003916b1979e834ebdf2cb5d9504",
    blake2: "759356ce22e41d59a45b885ac67f53425cd012329cb1e4de3285bebc4f8ad4bc",
    library: so,
  },
  "linux-arm64": {
    platform: "manylinux_2_27_aarch64.manylinux_2_28_aarch64",
    sha256: "e085dddbc5b9aa130f83def515d31c440e69f387a90c7e63b154a5575b4466bc",
    blake2: "043e19a35f6b50552df2fa9464b526d0a4f98f4f9e7789b2adbb813d598640f7",
    library: so,
  },
  "linux-musl-x64": {
    platform: "musllinux_1_2_x86_64",
    sha256: "46fac855d3c05004f9ee111eeeeb0aeb076c6411fc6f87c34a49b8ba729c4c38",
    blake2: "a382055d23142ed1cc0b51043f33edcf21ba40d58faec0db268c5190b39a308d",
    library: so,
  },
  "linux-musl-arm64": {
    platform: "musllinux_1_2_aarch64",
    sha256: "88b00ba6a232fe958695403f6f71858fb23c3c9ce561c467e787e5d46ace16ca",
    blake2: "e85350f0cf55c24cf3de08e6952c6267478beb1eaf2832dbe7164289bf7be6ed",
    library: so,
  },
  "darwin-x64": {
    platform: "macosx_10_13_x86_64",
    sha256: "85d42ee10fd207ed6014273dcb9236ab1a65d21357f278b3aa0a78e8189665a8",
    blake2: "fb54663bf2136db6c64e4ad7a31b2ccc78002e542b4826b906d19085f43bd4af",
    library: dylib,
  },
  "darwin-arm64": {
    platform: "macosx_11_0_arm64",
    sha256: "813bb8101da2f64555c4a5e71c3714539d92b0b4f1841ec12b80d50e56cde46c",
    blake2: "fb4d13b7ac90331a8a63b02079724a79f5a5de51f2cebeaca4faf66216e34c6e",
    library: dylib,
  },
  "win32-x64": {
    platform: "win_amd64",
    sha256: "963e311354df08856c22aad17d77209448d2d8fc3bc4b3b1d87912828797cf13",
    blake2: "7f9ced82277dafc6965d6b8f1da9a8c6edb01c1e473b0f03d4de28b884da2f03",
    library: "scipy_openblas32/lib/libscipy_openblas.dll",
  },
  "win32-arm64": {
    platform: "win_arm64",
    sha256: "64b1637b1c0495552351743e6f5d8bb50828aaea5821bb8d998927837256bda9",
    blake2: "cfd7af1e304fb102fe60fce4d8992e5b123821aa20f61b1dd3a8b72494cd564d",
    library: "scipy_openblas32/lib/scipy_openblas.dll",
  },
}

// ---------------------------------------------------------- destructors

/** The wheel for a platform such as `linux-x64`; null if PyPI has none. */
export const wheelFor = (platform: string): Wheel | null => {
  const wheel = wheels[platform]
  return wheel === undefined ? null : { version, ...wheel }
}

/** The name of this platform in the table. */
export const thisPlatform = (): string => {
  const { platform, arch } = process
  return platform === "linux" && isMusl() ? `linux-musl-${arch}` : `${platform}-${arch}`
}

export const fileName = (wheel: Wheel): string => `scipy_openblas32-${wheel.version}-py3-none-${wheel.platform}.whl`

/** The URL of the file on PyPI. */
export const address = (wheel: Wheel): string => {
  const { blake2 } = wheel
  const place = `${blake2.slice(0, 2)}/${blake2.slice(2, 4)}/${blake2.slice(4)}`
  return `https://files.pythonhosted.org/packages/${place}/${fileName(wheel)}`
}

/** Node was built against musl if its report names no glibc. */
const isMusl = (): boolean => {
  // Node does not declare the type of its report.
  const { header } = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } }
  return header.glibcVersionRuntime === undefined
}
