// CloudWatch metric math, as much of it as the templates use: numbers, metrics by id, + - * / and FILL(metric, number).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html

/** @returns undefined for "no data": a metric that is absent, or a division by zero */
export function evaluate(expression: string, metrics: Readonly<Record<string, number | undefined>>): number | undefined {
  const tokens = expression.match(/[A-Za-z_]\w*|\d+(?:\.\d+)?|[-+*/(),]/g) ?? [];
  let position = 0;
  const next = () => tokens[position++] ?? "";
  const expect = (token: string) => {
    const found = next();
    if (found !== token) throw new Error(`"${token}" expected at "${found}" in ${expression}`);
  };

  function operand(): number | undefined {
    const token = next();
    if (token === "(") {
      const inside = chain(["+", "-"]);
      expect(")");
      return inside;
    }
    if (token === "FILL") {
      expect("(");
      const value = operand();
      expect(",");
      const filler = operand();
      expect(")");
      return value ?? filler;
    }
    if (/^\d/.test(token)) return Number(token);
    if (!(token in metrics)) throw new Error(`no metric has the id "${token}" in ${expression}`);
    return metrics[token];
  }

  function chain(operators: readonly string[]): number | undefined {
    const part = () => (operators.includes("+") ? chain(["*", "/"]) : operand());
    let value = part();
    while (operators.includes(tokens[position] ?? "")) value = apply(next(), value, part());
    return value;
  }

  const result = chain(["+", "-"]);
  if (position !== tokens.length) throw new Error(`"${tokens[position]}" is left over in ${expression}`);
  return result;
}

function apply(operator: string, left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    default:
      return right === 0 ? undefined : left / right;
  }
}
