// With the real Terraform and its own terraform_data, which needs neither a provider nor a cloud.
import { spawnSync } from "node:child_process";
import { appendFileSync, copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { everythingWritten, type RunResult, runAction, shown } from "../../../test/support/run-action.ts";

const example = join(import.meta.dirname, "..", "..", "..", "examples", "terraform-stack");
const isThere = spawnSync("terraform", ["version"]).status === 0;
const withTerraform = isThere ? test : test.skip;
if (!isThere)
  console.warn(
    "terraform is not on PATH: the tests that need it are skipped. Install it to run them: https://developer.hashicorp.com/terraform/install",
  );

const password = 's3cr3t with = blanks, "quotes" and ünicode';
const results: RunResult[] = [];

function project(change: (text: string) => string = (text) => text): string {
  const folder = mkdtempSync(join(tmpdir(), "terraform-"));
  cpSync(example, folder, { recursive: true });
  writeFileSync(join(folder, "main.tf"), change(readFileSync(join(folder, "main.tf"), "utf8")));
  return folder;
}

async function run(
  folder: string,
  inputs: Readonly<Record<string, string>>,
  ...rest: readonly [Parameters<typeof runAction>[4]?, object?]
): Promise<RunResult> {
  const environment = { PATH: `${join(process.execPath, "..")}:${process.env["PATH"]}`, HOME: folder, ...rest[1] };
  const result = await runAction("terraform-stack", folder, environment, { environment: "staging", ...inputs }, rest[0]);
  results.push(result);
  return result;
}

const plan = async (folder: string, inputs: Readonly<Record<string, string>> = {}): Promise<RunResult> =>
  await run(folder, { variables: JSON.stringify({ database_password: password }), ...inputs });
const apply = async (
  folder: string,
  { outputs }: RunResult,
  ...rest: readonly [Parameters<typeof runAction>[4]?, object?]
): Promise<RunResult> => await run(folder, { mode: "apply", "plan-digest": outputs["plan-digest"] ?? "" }, ...rest);

describe("terraform-stack", () => {
  withTerraform(
    "plans, applies exactly that, and keeps sensitive values out of the outputs, also one that Terraform has forgotten to mark",
    async () => {
      const folder = project((text) => `${text}\noutput "leak" { value = terraform_data.database.output }\n`);
      const planned = await plan(folder);
      expect(shown(planned)).toMatch(/^planned/);
      expect(planned.outputs).toMatchObject({ "has-changes": "true", "plan-summary": expect.stringContaining("3 to create") });
      expect(statSync(join(folder, "terraform.tfplan")).mode & 0o077).toBe(0);
      const applied = await apply(folder, planned);
      expect(shown(applied)).toMatch(/^applied/);
      const saved = JSON.parse(readFileSync(join(folder, "deployment-outputs-staging.json"), "utf8"));
      expect(Object.keys(saved).sort()).toEqual(["applications", "network"]);
      expect(saved.applications.value).toEqual(["application-staging-0"]);
      expect(shown(await plan(folder))).toMatch(/^unchanged/);
    },
    60_000,
  );

  withTerraform(
    "refuses a stale plan, an exchanged plan file, and one that is missing",
    async () => {
      const folder = project();
      const first = await plan(folder);
      copyFileSync(join(folder, "terraform.tfplan"), join(folder, "first.tfplan"));
      const second = await plan(folder, { variables: JSON.stringify({ database_password: "another-password" }) });
      const swapped = await run(folder, { mode: "apply", "plan-digest": first.outputs["plan-digest"] ?? "" });
      expect(swapped.outputs["reason"]).toContain("it is not the plan that was reviewed");
      expect(shown(await apply(folder, second))).toMatch(/^applied/);
      const stale = await run(folder, { mode: "apply", "plan-file": "first.tfplan", "plan-digest": first.outputs["plan-digest"] ?? "" });
      expect(stale.outputs["reason"]).toContain("Saved plan is stale");
      expect(stale.log).toContain("Run mode: plan again");
      expect((await run(folder, { mode: "apply", "plan-file": "nowhere", "plan-digest": "0".repeat(64) })).outputs["reason"]).toContain(
        "there is no file nowhere",
      );
    },
    60_000,
  );

  withTerraform(
    "names the error of a failed apply, and shows replacements",
    async () => {
      const folder = project();
      expect(shown(await apply(folder, await plan(folder)))).toMatch(/^applied/);
      writeFileSync(
        join(folder, "broken.tf"),
        'resource "terraform_data" "broken" {\n  provisioner "local-exec" { command = "echo the disk is full >&2; exit 3" }\n}\n',
      );
      const planned = await plan(folder, { variables: JSON.stringify({ database_password: "rotated-password" }) });
      const failed = await apply(folder, planned);
      expect(failed.code).toBe(1);
      expect(failed.outputs).toMatchObject({ outcome: "failed", reason: expect.stringContaining("exit status 3") });
      expect(failed.summary).toContain("local-exec provisioner error");
      writeFileSync(
        join(folder, "main.tf"),
        readFileSync(join(folder, "main.tf"), "utf8")
          .replace("10.0.0.0/16", "10.1.0.0/16")
          .replace("input = { environment", "triggers_replace = 1\n  input = { environment"),
      );
      const replaced = await plan(folder);
      expect(replaced.summary).toContain("**replace**");
      expect(replaced.summary).toContain("triggers_replace".replaceAll("_", "&#95;"));
    },
    60_000,
  );

  withTerraform(
    "validates without state, and puts each error at its line",
    async () => {
      const folder = project();
      expect(shown(await run(folder, { mode: "validate" }))).toMatch(/^valid/);
      appendFileSync(join(folder, "main.tf"), 'output "wrong" { value = var.nope }\n');
      const wrong = await run(folder, { mode: "validate" });
      expect(wrong.code).toBe(1);
      expect(wrong.log).toMatch(/::error file=main\.tf,line=\d+::Reference to undeclared input variable/);
    },
    60_000,
  );

  withTerraform(
    "refuses variables that nothing declares, and names missing ones",
    async () => {
      const folder = project();
      const unknown = await plan(folder, { variables: JSON.stringify({ database_password: password, tpyo: "1" }) });
      expect(unknown.outputs["reason"]).toContain("declares no tpyo");
      expect((await run(folder, {})).outputs["reason"]).toContain("No value for required variable");
    },
    60_000,
  );

  withTerraform(
    "says who holds the lock; interrupted once, it ends its work and saves its state",
    async () => {
      const slow = (text: string): string =>
        `${text}\nresource "terraform_data" "slow" {\n  provisioner "local-exec" { command = "sleep 4" }\n}\nresource "terraform_data" "after" { input = terraform_data.slow.id }\n`;
      const folder = project(slow);
      const planned = await plan(folder);
      let second: Promise<RunResult> | undefined;
      let kill: (() => void) | undefined;
      const first = apply(folder, planned, (line, send) => {
        if (!line.includes("terraform_data.slow: Creating") || second !== undefined) return;
        kill = () => send("SIGINT");
        second = plan(folder, { "lock-timeout": "0", "plan-file": "other.tfplan" });
        void second.then(() => kill?.());
      });
      const interrupted = await first;
      const locked = await second;
      expect(locked?.outputs["reason"]).toContain("state lock");
      expect(locked?.log).toMatch(/holds the lock of the state.*force-unlock [0-9a-f-]{36}/s);
      expect(interrupted.outputs["reason"]).toContain("Terraform was interrupted");
      const state = readFileSync(join(folder, "terraform.tfstate"), "utf8");
      expect(state).toContain('"slow"');
      expect(existsSync(join(folder, ".terraform.tfstate.lock.info"))).toBe(false);
    },
    60_000,
  );

  withTerraform(
    "killed in the middle of an apply, Terraform goes on, and the post step waits for its end",
    async () => {
      const folder = project(
        (text) => `${text}\nresource "terraform_data" "slow" {\n  provisioner "local-exec" { command = "sleep 3" }\n}\n`,
      );
      const planned = await plan(folder);
      const killed = await apply(folder, planned, (line, send) => {
        if (line.includes("terraform_data.slow: Creating")) send("SIGKILL");
      });
      const state = Object.fromEntries(Object.entries(killed.state).map(([name, value]) => [`STATE_${name}`, value]));
      expect(state["STATE_apply"]).toMatch(/^\d+$/);
      const post = await run(folder, {}, undefined, state);
      expect(post.log).toContain("has ended by itself and saved its state");
      expect(readFileSync(join(folder, "terraform.tfstate"), "utf8")).toContain('"slow"');
      expect(shown(await plan(folder))).toMatch(/^unchanged/);
    },
    60_000,
  );

  withTerraform("writes no sensitive value anywhere but into Terraform's own files", () => {
    expect(results.length).toBeGreaterThan(15);
    const written = everythingWritten(results);
    for (const value of [password, JSON.stringify(password).slice(1, -1), "another-password", "rotated-password"])
      expect(written.includes(value)).toBe(false);
  });

  test("says what is missing where there is no Terraform", async () => {
    const result = await runAction("terraform-stack", project(), { PATH: join(process.execPath, "..") }, { environment: "staging" });
    expect(result.outputs["reason"]).toBe("Terraform is not on PATH.");
    expect(result.log).toContain("hashicorp/setup-terraform");
  });
});
