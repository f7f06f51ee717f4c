import { healthy, repository } from "./fake-scanners.ts";
import { cleanUp, fakes, scanStory, workspaceWith } from "./harness.ts";

afterAll(cleanUp);

const secret = "correct-horse-battery";
const short = "zq7!";

/** Each scanner quotes the secret somewhere else; only gitleaks says that it is one. */
const quoting = {
  ...healthy,
  gitleaks: (healthy["gitleaks"] ?? "").replaceAll('"none"', `"${secret}"`),
  bandit: (healthy["bandit"] ?? "")
    .replace("A shell.", `A shell with ${secret}.`)
    .replace('"https://bandit.example/b605"', `"https://bandit.example/?q=${secret}"`),
  checkov: (healthy["checkov"] ?? "").replace("AWS::S3::Bucket.Files", `AWS::S3::Bucket.${secret}`),
  "cfn-lint": (healthy["cfn-lint"] ?? "").replace('"Wrong"', `"'${secret}' is not of type integer"`),
  "pip-audit": `echo "internal error near ${secret}" >&2; exit 3`,
  npm: `echo '{"message":"cannot read https://user:${secret}@registry.example/","error":{}}'; exit 1`,
  zizmor: `echo " WARN collect_inputs: failed to parse input: ${secret}" >&2; ${healthy["zizmor"]}`,
};

test("what one scanner knows to be a secret is in nothing that any of them says, nor in a reason, a log or a link", async () => {
  const story = await scanStory({ workspace: workspaceWith(repository), path: [fakes(quoting), "/usr/bin", "/bin"] });
  expect(story.report.scanners.map(({ name, state }) => `${name} ${state}`)).toContain("zizmor partly");
  expect(story.report.findings.length).toBeGreaterThan(4);
  expect(story.everything).not.toContain(secret);
  expect(story.everything).toContain("[redacted]");
  expect(story.leftovers).toEqual([]);
});

test("a password too short to be replaced everywhere is not quoted in the first place, nor told by its fingerprint", async () => {
  const bandit = (password: string): string =>
    (healthy["bandit"] ?? "").replace('"B605"', '"B105"').replace("A shell.", `Possible hardcoded password: '${password}'`);
  const run = (password: string) =>
    scanStory({
      workspace: workspaceWith({ ...repository, "app.py": `import os\npassword = "${password}"\n` }),
      path: [fakes({ ...healthy, bandit: bandit(password) }), "/usr/bin", "/bin"],
      inputs: { scanners: "bandit" },
    });
  const [one, other] = [await run(short), await run("kx9?")];
  expect(one.report.findings[0]).toMatchObject({ rule: "bandit/B105", message: "Possible hardcoded password" });
  expect(one.everything).not.toContain(short);
  expect(one.report.findings[0]?.fingerprint).toBe(other.report.findings[0]?.fingerprint);
});
