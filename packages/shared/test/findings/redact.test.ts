import { redactDeep, redacted, redactor } from "@aws-deploy-actions/shared/findings/redact";
import fc from "fast-check";

const join = (...parts: string[]): string => parts.join("");

describe("the redactor", () => {
  test.each([
    ["an AWS key", join("AKIA", "QXYZ234567ABCDEF")],
    ["a GitHub token", join("ghp_", "a".repeat(36))],
    ["a Stripe key", join("sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc")],
    ["a Slack token", join("xoxb-", "123456789012-abcdefghij")],
    ["a web token", join("eyJ", "hbGciOiJIUzI1NiJ9", ".eyJ", "zdWIiOiIxMjM0In0", ".c2lnbmF0dXJl")],
  ])("knows %s by its look", (_, value) => {
    expect(redactor([])(`before ${value} after`)).toBe(`before ${redacted} after`);
  });

  test("takes the password out of a URL and a private key out of a text, and leaves the rest", () => {
    expect(redactor([])("postgres://app:s3cr3t@db.example/app")).toBe(`postgres://app:${redacted}@db.example/app`);
    expect(redactor([])(join("x -----BEGIN RSA ", "PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- y"))).toBe(`x ${redacted} y`);
    expect(redactor([])("Consider possible security implications of sk_test and AKIA.")).toBe(
      "Consider possible security implications of sk_test and AKIA.",
    );
  });

  test("does not garble a text for the sake of a short word", () => {
    expect(redactor(["abc", "admin"])("abc admin")).toBe("abc admin");
  });

  test("finds a value in whatever spelling it stands: plain, in JSON, in a URL, one of its lines", () => {
    const value = 'p"ss\\w rd/ü?&';
    const redact = redactor([value, "first line is long enough\nsecond line is long too"]);
    for (const shown of [value, JSON.stringify(value), encodeURIComponent(value), "… second line is long too …"])
      expect(redact(shown)).toContain(redacted);
    expect(redact(JSON.stringify({ value }))).not.toContain("ss\\\\w");
  });

  test("leaves no known value anywhere, in any depth, also where values overlap", () => {
    const value = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => text.trim().length >= 6 && !redacted.includes(text));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), fc.string(), fc.string(), (values, before, after) => {
        const redact = redactor(values);
        for (const one of values) {
          const deep = redactDeep({ [`${before}${one}`]: [{ text: `${before}${one}${after}` }] }, redact);
          const around = JSON.stringify(redactDeep({ [before]: [{ text: `${before}${after}` }] }, redact));
          if (!around.includes(JSON.stringify(one).slice(1, -1)))
            expect(JSON.stringify(deep)).not.toContain(JSON.stringify(one).slice(1, -1));
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test("reads each text once, however many secrets there are", () => {
    const values = Array.from({ length: 20_000 }, (_, index) => `secret-value-${index}-end`);
    const redact = redactor(values);
    expect(redact("x".repeat(1_000_000) + values[17])).toBe("x".repeat(1_000_000) + redacted);
  });
});
