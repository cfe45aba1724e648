/**
 * A resolve hook of Node that loads the user's `.ts` and `.js` files as ES modules, whatever type the nearest
 * package.json gives.
 *
 * `npm init -y` writes `"type": "commonjs"`, and CommonJS cannot require this library.
 */

const hook = `
  const own = /^file:(?!.*\\/node_modules\\/).*\\.[jt]sx?(\\?.*)?$/
  export const resolve = async (specifier, context, next) => {
    const found = await next(specifier, context)
    return own.test(found.url) ? { ...found, format: "module" } : found
  }
`

/** The URL of the hook, for `module.register`. It contains the code, because hooks run in their own thread. */
export const asModule = `data:text/javascript,${encodeURIComponent(hook)}`
