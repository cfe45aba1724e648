/**
 * The ways in which one piece of syntax is made wrong: each is a replacement of its text.
 *
 * Texts of messages stay as they are: what stands in `new ...(...)`, `super(...)`, `refuse(...)` or behind `throw` is
 * prose for people, whose wording no program depends on. Operators, numbers and conditions in there are not spared.
 */
import ts from "typescript"

// ---------------------------------------------------------------- model

const operators = {
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "**": ["*"],
  "&": ["|"],
  "|": ["&"],
  "^": ["|"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": [">>"],
  "<": ["<=", ">="],
  ">": [">=", "<="],
  "<=": ["<", ">"],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-="],
  "-=": ["+="],
  "&=": ["|="],
  "??=": ["="],
  "++": ["--"],
}

const ordered = new Set(["-", "/", "%", "**", "<<", ">>", ">>>"])

/** A method by another one of the same type. */
const methods = {
  floor: "ceil",
  ceil: "floor",
  min: "max",
  max: "min",
  cos: "sin",
  sin: "cos",
  some: "every",
  every: "some",
  startsWith: "endsWith",
}

/** Methods whose result has the type of what they are called on. */
const removable = new Set(["toReversed", "slice", "subarray", "filter"])

/** Functions of `Math` whose result has the type of their argument. */
const unary = new Set(["abs", "fround", "floor", "ceil", "sqrt", "log"])

// ---------------------------------------------------------- destructors

/** Every replacement of text in this node itself, its children left out: `{ start, end, text }`. */
export const replacements = (node, source) => {
  const text = (at) => at.getText(source)
  const replace = (at, by) => ({ start: at.getStart(source), end: at.end, text: by })
  const swap = (nodes, matters = () => true) =>
    nodes.slice(1).flatMap((next, i) => {
      const one = nodes[i]
      if (text(one) === text(next) || !(matters(one) || matters(next))) return []
      const between = source.text.slice(one.end, next.getStart(source))
      return [{ start: one.getStart(source), end: next.end, text: text(next) + between + text(one) }]
    })
  const condition = (at, values = ["true", "false"]) => values.map((value) => replace(at, value))

  if (ts.isBinaryExpression(node)) {
    const { left, operatorToken: operator, right } = node
    const sign = text(operator)
    if (sign === "??") return [replace(node, text(left)), replace(node, text(right))]
    return [
      ...(operators[sign] ?? []).map((other) => replace(operator, other)),
      ...(ordered.has(sign) ? [replace(node, `${grouped(right, source)} ${sign} ${grouped(left, source)}`)] : []),
    ]
  }
  if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    if (node.operator === ts.SyntaxKind.PlusPlusToken)
      return [replace(node, text(node).replace("++", operators["++"][0]))]
    return node.operator === ts.SyntaxKind.MinusToken || node.operator === ts.SyntaxKind.ExclamationToken
      ? [replace(node, text(node.operand))]
      : []
  }
  if (ts.isNumericLiteral(node)) {
    const value = Number(node.text)
    if (value === 0) return [replace(node, "1")]
    const signed = ts.isPrefixUnaryExpression(node.parent) ? [] : [replace(node, `-${text(node)}`)]
    return [replace(node, String(value + 1)), replace(node, "0"), ...signed]
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [replace(node, "false")]
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [replace(node, "true")]
  if (ts.isStringLiteral(node)) return isProse(node) ? [] : [replace(node, node.text === "" ? '"x"' : '""')]
  if (ts.isTemplateExpression(node)) return isProse(node) ? [] : [replace(node, '""')]
  if (ts.isConditionalExpression(node)) return condition(node.condition)
  if (ts.isIfStatement(node)) return condition(node.expression)
  if (ts.isWhileStatement(node)) return condition(node.expression, ["false"])
  if (ts.isForStatement(node) && node.condition !== undefined) return condition(node.condition, ["false"])
  if (ts.isCallExpression(node)) return [...call(node, text, replace), ...swap(node.arguments)]
  if (ts.isNewExpression(node)) return swap(node.arguments ?? [])
  if (ts.isArrayLiteralExpression(node)) return node.elements.length > 4 ? [] : swap(node.elements) // longer ones are lists
  if (ts.isArrayBindingPattern(node)) return swap(node.elements)
  // The order of properties can be seen only where one spread covers another.
  if (ts.isObjectLiteralExpression(node)) return swap(node.properties, ts.isSpreadAssignment)
  if (ts.isExpressionStatement(node) && !isSuper(node.expression))
    return [replace(node, ";"), ...following(node).flatMap((next) => swap([node, next]))]
  return []
}

const call = (node, text, replace) => {
  if (!ts.isPropertyAccessExpression(node.expression)) return []
  const { expression: on, name } = node.expression
  const removed =
    text(on) === "Math" && unary.has(name.text)
      ? [replace(node, `(${text(node.arguments[0])})`)]
      : removable.has(name.text)
        ? [replace(node, text(on))]
        : []
  return [...(Object.hasOwn(methods, name.text) ? [replace(name, methods[name.text])] : []), ...removed]
}

/** The statement behind this one, if it too is an expression; fields of a new object may be set in any order. */
const following = (node) => {
  const statements = node.parent.statements ?? []
  const next = statements[statements.indexOf(node) + 1]
  return next !== undefined && ts.isExpressionStatement(next) && !(setsField(node) && setsField(next)) ? [next] : []
}

const setsField = ({ expression }) =>
  ts.isBinaryExpression(expression) &&
  expression.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
  ts.isPropertyAccessExpression(expression.left) &&
  expression.left.expression.kind === ts.SyntaxKind.ThisKeyword

const grouped = (node, source) => {
  const text = node.getText(source)
  return ts.isBinaryExpression(node) || ts.isConditionalExpression(node) ? `(${text})` : text
}

const isSuper = (node) => ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword

const isProse = (node) => {
  for (let at = node.parent; at !== undefined; at = at.parent) {
    if (ts.isNewExpression(at) || ts.isThrowStatement(at) || isSuper(at)) return true
    if (ts.isCallExpression(at) && ts.isIdentifier(at.expression) && at.expression.text === "refuse") return true
  }
  return false
}
