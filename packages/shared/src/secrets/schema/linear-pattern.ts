import type { RE2JS } from "re2js";

interface Pattern {
  toString(): string;
  test(text: string): boolean;
}
/** How ajv makes patterns. `code` is only for schemas compiled to files, which we never do. */
interface PatternEngine {
  (pattern: string, flags: string): Pattern;
  code: string;
}

/**
 * Patterns that take linear time on any text, by RE2's automata: a schema's pattern meets values that nobody has looked at, and
 * JavaScript's own engine can be busy with one for years. Patterns that only backtracking can match (look-ahead, back references) are
 * refused when the schema is read.
 */
export function linearPattern(engine: typeof RE2JS): PatternEngine {
  const make = (pattern: string): Pattern => {
    const compiled = engine.compile(pattern);
    // ajv tells patterns apart by this text.
    return { test: (text) => compiled.matcher(text).find(), toString: () => `/${pattern}/` };
  };
  return Object.assign(make, { code: "linearPattern" });
}
