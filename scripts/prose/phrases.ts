/**
 * Phrases that this project does not use, and what to write instead. Only phrases that are never right are listed.
 *
 * A phrase matches whole words, in either case, across line breaks; its words are separated by single spaces.
 */

/** Each phrase, as the source of a regular expression, with its replacement. */
export const phrases: ReadonlyArray<readonly [phrase: string, replacement: string]> = [
  ["whole numbers?", "integer"],
  [String.raw`from -?\d+ on`, "of at least N"],
  ["ways? (?:there|forth)", "forward pass"],
  ["ways? back", "backward pass, or inverse"],
  ["there and back", "forward and inverse"],
  ["back and forth", "forward and inverse"],
  ["(?:goes|gone|going|went|go) back over", "inverts"],
  [String.raw`of our own`, "custom"],
  ["our own", "custom"],
  ["own kernels?", "custom kernel"],
  ["but for", "except, or apart from"],
  ["(?:nothing|none|nobody) but", "only"],
  ["at once", "immediately, synchronously, together, or in one pass"],
  ["tells|told", "returns, reports, says, or shows"],
  ["stands?|stood", "is, are, or is stored in"],
  ["behind", "after, left over, or remaining"],
  ["(?:is|are|was|were) not to", "must not, does not, or cannot"],
  ["may no(?! longer)", "must not, or cannot"],
  ["what (?:is|was) held", "saved tensors, or retained memory"],
  ["whoever|nobody", "the caller, the user, or no one"],
  ["(?:have|has|had|having) room", "allocate, or fit"],
  ["hand(?:s|ed|ing)? back", "free, or return"],
  ["stay(?:s|ed|ing)? near", "cache"],
  ["shall", "must, or will"],
  ["lest", "so that ... does not"],
  ["anew", "again"],
  ["otherwise than", "differently from"],
  ["the like", "similar values (name them)"],
  ["mend(?:s|ed|ing)?", "fix"],
]
