/**
 * Every attack is caught by some law, and every law catches some attack: the matrix is printed.
 */
import { allLaws, attacks, matrix } from "bijou/laws"
import { expect, test } from "vitest"

test("no row and no column of laws x attacks is empty", async () => {
  const caught = await matrix(attacks, { runs: 100 })
  const laws = [...new Set(attacks.flatMap(({ sets }) => sets.flatMap(allLaws)).map(({ name }) => name))]

  const rows = laws.map(
    (law) => `${attacks.map(({ name }) => (caught.get(name)?.has(law) ? "X" : ".")).join("")}  ${law}`,
  )
  console.log([...attacks.map(({ name }, i) => `${"|".repeat(i)}${name}`), ...rows].join("\n"))

  expect(laws.filter((law) => !attacks.some(({ name }) => caught.get(name)?.has(law)))).toEqual([])
  expect(attacks.filter(({ name }) => caught.get(name)?.size === 0).map(({ name }) => name)).toEqual([])
})
