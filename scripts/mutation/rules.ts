/**
 * The ways in which one piece of syntax is made wrong: each is a replacement of its text.
 *
 * Texts of messages stay as they are: what is in `new ...(...)`, `super(...)`, `refuse(...)` or after `throw` is
 * prose for people, whose wording no program depends on. Operators, numbers and conditions in there are not spared.
 */
import ts from "typescript"

// ---------------------------------------------------------------- model

/** A replacement of the text from `start` to `end`. */
export interface Replacement {
  readonly start: number
  readonly end: number
  readonly text: string
}

const operators: Readonly<Record<string, ReadonlyArray<string>>> = {
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
}

const ordered = new Set(["-", "/", "%", "**", "<<", ">>", ">>>"])

/** A method by another one of the same type. */
const methods: Readonly<Record<string, string>> = {
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

/** Every replacement of text in this node itself, its children left out. */
export const replacements = (node: ts.Node, source: ts.SourceFile): ReadonlyArray<Replacement> => {
  const text = (at: ts.Node) => at.getText(source)
  const replace = (at: ts.Node, by: string): Replacement => ({ start: at.getStart(source), end: at.end, text: by })
  const swap = (nodes: ReadonlyArray<ts.Node>, matters: (node: ts.Node) => boolean = () => true): Replacement[] =>
    nodes.slice(1).flatMap((next, i) => {
      const one = nodes[i]
      if (one === undefined || text(one) === text(next) || !(matters(one) || matters(next))) return []
      const between = source.text.slice(one.end, next.getStart(source))
      return [{ start: one.getStart(source), end: next.end, text: text(next) + between + text(one) }]
    })
  const condition = (at: ts.Node, values: ReadonlyArray<string> = ["true", "false"]) =>
    values.map((value) => replace(at, value))

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
    if (node.operator === ts.SyntaxKind.PlusPlusToken) return [replace(node, text(node).replace("++", "--"))]
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
  // Longer ones are lists.
  if (ts.isArrayLiteralExpression(node)) return node.elements.length > 4 ? [] : swap(node.elements)
  if (ts.isArrayBindingPattern(node)) return swap(node.elements)
  // The order of properties can be seen only where one spread covers another.
  if (ts.isObjectLiteralExpression(node)) return swap(node.properties, ts.isSpreadAssignment)
  if (ts.isExpressionStatement(node) && !isSuper(node.expression))
    return [replace(node, ";"), ...following(node).flatMap((next) => swap([node, next]))]
  return []
}

const call = (
  node: ts.CallExpression,
  text: (at: ts.Node) => string,
  replace: (at: ts.Node, by: string) => Replacement,
): ReadonlyArray<Replacement> => {
  if (!ts.isPropertyAccessExpression(node.expression)) return []
  const { expression: on, name } = node.expression
  const removed =
    text(on) === "Math" && unary.has(name.text)
      ? node.arguments.slice(0, 1).map((argument) => replace(node, `(${text(argument)})`))
      : removable.has(name.text)
        ? [replace(node, text(on))]
        : []
  const other = Object.hasOwn(methods, name.text) ? methods[name.text] : undefined
  return [...(other === undefined ? [] : [replace(name, other)]), ...removed]
}

/** The statement after this one, if it too is an expression; fields of a new object may be set in any order. */
const following = (node: ts.ExpressionStatement): ReadonlyArray<ts.Statement> => {
  const { parent } = node
  const isList = ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent)
  const statements: ReadonlyArray<ts.Statement> = isList || ts.isModuleBlock(parent) ? parent.statements : []
  const next = statements[statements.indexOf(node) + 1]
  return next !== undefined && ts.isExpressionStatement(next) && !(setsField(node) && setsField(next)) ? [next] : []
}

const setsField = ({ expression }: ts.ExpressionStatement): boolean =>
  ts.isBinaryExpression(expression) &&
  expression.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
  ts.isPropertyAccessExpression(expression.left) &&
  expression.left.expression.kind === ts.SyntaxKind.ThisKeyword

const grouped = (node: ts.Node, source: ts.SourceFile): string => {
  const text = node.getText(source)
  return ts.isBinaryExpression(node) || ts.isConditionalExpression(node) ? `(${text})` : text
}

const isSuper = (node: ts.Node): boolean =>
  ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword

const isProse = (node: ts.Node): boolean => {
  for (let at: ts.Node | undefined = node.parent; at !== undefined; at = at.parent) {
    if (ts.isNewExpression(at) || ts.isThrowStatement(at) || isSuper(at)) return true
    if (ts.isCallExpression(at) && ts.isIdentifier(at.expression) && at.expression.text === "refuse") return true
  }
  return false
}
