// An example as a reader would take it over: its own names for the ones that stand in it, and nothing else changed.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { releaseCommit } from "./act.ts";

/** What stands for the names in the examples. */
export interface Names {
  readonly account: string;
  readonly region: string;
  /** Where the application answers. */
  readonly url: string;
}

/** Puts one's own owner, accounts, region and addresses into an example. */
export function takenOver(text: string, { account, region, url }: Names): string {
  return (
    text
      .replace(/OWNER\/(REPO|aws-deploy-actions)\/(actions|\.github)/g, "octo/aws-deploy-actions/$2")
      .replace(/@COMMIT\b/g, `@${releaseCommit}`)
      .replace(/uses: \.\/actions\/([\w-]+)/g, "uses: octo/aws-deploy-actions/actions/$1@v1")
      .replace(/\b(1{12}|2{12}|1{4}2{4}3{4}|4{4}5{4}6{4}|123456789012)\b/g, account)
      .replace(/\b(us-east-1|eu-central-1)\b/g, region)
      // A list of regions or accounts that are one now.
      .replace(new RegExp(`(${account}|${region}), \\1`, "g"), "$1")
      .replace(/https:\/\/[\w.-]*\b(example|paintbox)\b[\w.-]*/g, url)
      // act does not know it.
      .replace(/^\s*queue: max.*\n/gm, "")
  );
}

/** The commit that the calling repository is at. */
export const commitOf = (caller: string): string => execFileSync("git", ["rev-parse", "HEAD"], { cwd: caller, encoding: "utf8" }).trim();

/** A folder with programs that do no more than these scripts of sh. */
export function programs(scripts: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "programs-"));
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** What GitHub's own service for OIDC tokens would be. */
export async function tokenService(): Promise<{ readonly server: Server; readonly environment: Readonly<Record<string, string>> }> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: "https://token.actions.githubusercontent.com",
    aud: "sts.amazonaws.com",
    sub: "repo:octo/shop:environment:staging",
  };
  const token = `${part({ alg: "RS256" })}.${part({ ...claims, exp: 4_000_000_000 })}.signature`;
  const server = createServer((_request, response) => response.end(JSON.stringify({ value: token })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    environment: { ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/?for=github`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request" },
  };
}
