import type { Defect, Finding, IdentifiedFinding } from "@aws-deploy-actions/shared/findings/finding";

/** A finding with only what a test cares about. */
export const finding = (
  own: Partial<Finding> & { readonly path?: string; readonly line?: number; readonly endLine?: number } = {},
): Finding => {
  const { path = "app.py", line = 1, endLine, ...rest } = own;
  return {
    source: "bandit",
    rule: "B602",
    title: "subprocess with shell",
    severity: "high",
    category: "code",
    message: "A shell is started.",
    cwe: [78],
    place: { path, line, ...(endLine !== undefined && { endLine }) },
    ...rest,
  };
};

let serial = 0;
export const identified = (own: Parameters<typeof finding>[0] = {}): IdentifiedFinding => {
  serial += 1;
  return { ...finding(own), fingerprint: serial.toString(16).padStart(32, "0") };
};

export const defect = (own: Parameters<typeof finding>[0] = {}, also: readonly IdentifiedFinding[] = []): Defect => ({
  ...identified(own),
  also,
});
