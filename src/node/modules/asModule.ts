/**
 * A resolve hook of Node: a `.ts` or `.js` of the user is an ES module, whatever the nearest package.json says of its type.
 *
 * `npm init -y` writes `"type": "commonjs"`, and CommonJS cannot require the library.
 */

const hook = `
  const own = /^file:(?!.*\\/node_modules\\/).*\\.[jt]sx?(\\?.*)?$/
  export const resolve = async (specifier, context, next) => {
    const found = await next(specifier, context)
    return own.test(found.url) ? { ...found, format: "module" } : found
  }
`

/** The address of the hook, for `module.register`: it holds the code, since hooks run in a thread of their own. */
export const asModule = `data:text/javascript,${encodeURIComponent(hook)}`
