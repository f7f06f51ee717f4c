import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryOf } from "../../src/github/api.ts";
import { bodyOf, type CommentBase, commentOnPullRequest, markerOf, pullRequestOf } from "../../src/github/comment.ts";
import { runContext } from "../../src/github/context.ts";
import { type DeploymentSettings, githubDeployment } from "../../src/github/deployment.ts";

interface Call {
  readonly method: string;
  readonly path: string;
  readonly token: string | undefined;
  readonly body: Record<string, unknown>;
}

let folder = "";
let server: Server;
let calls: Call[] = [];
/** What the GitHub of these tests answers; anything else is 404. */
let answers: (call: Call) => { readonly status?: number; readonly json: unknown } | undefined = () => undefined;
let apiUrl = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "github-"));
  server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      const call = {
        method: request.method ?? "",
        path: request.url ?? "",
        token: request.headers.authorization,
        body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
      calls.push(call);
      const { status = 200, json } = answers(call) ?? { status: 404, json: { message: "Not Found" } };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  calls = [];
});

const run = (extra: Readonly<Record<string, string>> = {}) =>
  runContext({
    GITHUB_API_URL: apiUrl,
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "example/shop",
    GITHUB_RUN_ID: "77",
    GITHUB_SHA: "0123abcd",
    ...extra,
  });

function base(event: object): CommentBase & { readonly said: string[] } {
  const path = join(folder, "event.json");
  writeFileSync(path, JSON.stringify(event));
  const said: string[] = [];
  return {
    context: run(),
    environment: { GITHUB_EVENT_PATH: path },
    journal: { say: (text) => said.push(text), annotate: (level, message) => said.push(`${level}: ${message}`) },
    said,
  };
}

const comment = (databaseId: number, body: string, viewerDidAuthor = true) => ({ databaseId, body, viewerDidAuthor });
const page = (nodes: readonly object[], before: string | null = null) => ({
  json: {
    data: { repository: { pullRequest: { comments: { nodes, pageInfo: { hasPreviousPage: before !== null, startCursor: before } } } } },
  },
});

describe("a comment in the pull request", () => {
  const pull = { pull_request: { number: 12 } };
  const key = "plan shop/staging";

  test("is written once, and brought up to date by the next run", async () => {
    const stored: { databaseId: number; body: string; viewerDidAuthor: boolean }[] = [
      comment(1, "LGTM"),
      comment(2, `${markerOf("plan shop/production")}\nother`),
    ];
    answers = ({ method, path, body }) => {
      if (path === "/graphql") return page(stored);
      if (method === "POST" && path === "/repos/example/shop/issues/12/comments") {
        stored.push(comment(3, String(body["body"])));
        return { status: 201, json: { id: 3 } };
      }
      if (method === "PATCH" && path === "/repos/example/shop/issues/comments/3") return { json: { id: 3 } };
      return undefined;
    };
    const first = base(pull);
    await commentOnPullRequest(first, "a-token", key, "## Plan");
    const second = base(pull);
    await commentOnPullRequest(second, "a-token", key, "## Plan 2");
    expect([...first.said, ...second.said]).toEqual([
      "The comment in pull request #12 was written.",
      "The comment in pull request #12 was brought up to date.",
    ]);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /graphql",
      "POST /repos/example/shop/issues/12/comments",
      "POST /graphql",
      "PATCH /repos/example/shop/issues/comments/3",
    ]);
    expect(calls.at(-1)?.body).toEqual({ body: `${markerOf(key)}\n## Plan 2` });
    expect(calls[0]?.token).toBe("token a-token");
  });

  test("of somebody else that looks like ours is left alone", async () => {
    answers = ({ path }) => (path === "/graphql" ? page([comment(9, `${markerOf(key)}\nfake`, false)]) : { status: 201, json: {} });
    await commentOnPullRequest(base(pull), "t", key, "x");
    expect(calls.at(-1)).toMatchObject({ method: "POST", path: "/repos/example/shop/issues/12/comments" });
  });

  test("is found on an earlier page", async () => {
    answers = ({ path, body }) => {
      if (path !== "/graphql") return { json: {} };
      const { before } = body["variables"] as { before: string | null };
      return before === null ? page([comment(8, "x")], "cursor") : page([comment(4, `${markerOf(key)}\nold`)]);
    };
    await commentOnPullRequest(base(pull), "t", key, "x");
    expect(calls.at(-1)).toMatchObject({ method: "PATCH", path: "/repos/example/shop/issues/comments/4" });
  });

  test("that may not be written is a warning that names the permission", async () => {
    answers = ({ path }) => (path === "/graphql" ? page([]) : { status: 403, json: { message: "Resource not accessible by integration" } });
    const on = base(pull);
    await commentOnPullRequest(on, "t", key, "x");
    expect(on.said.join("\n")).toMatch(
      /^warning: The comment in pull request #12 could not be written: GitHub answered 403, Resource not accessible by integration\n.*\n {2}permissions:\n {4}pull-requests: write/,
    );
  });

  test.each`
    what                       | event                                        | token
    ${"outside of one"}        | ${{ head_commit: {} }}                       | ${"t"}
    ${"on an issue"}           | ${{ issue: { number: 3 } }}                  | ${"t"}
    ${"without a token"}       | ${pull}                                      | ${undefined}
    ${"with a strange number"} | ${{ pull_request: { number: "1/../../2" } }} | ${"t"}
  `("is not tried $what", async ({ event, token }) => {
    await commentOnPullRequest(base(event), token, key, "x");
    expect(calls).toEqual([]);
  });

  test("a comment that starts a run leads to its pull request", () => {
    expect(pullRequestOf(base({ issue: { number: 5, pull_request: {} } }).environment)).toBe(5);
  });

  test("too long for GitHub is cut between lines, with nothing left open", () => {
    const body = bodyOf(
      key,
      `<details>\n\n\`\`\`\`sh\n${"line of text\n".repeat(10_000)}\`\`\`\`\n</details>`,
      "https://github.com/example/shop/actions/runs/77",
    );
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(
      /\nline of text\n````\n<\/details>\n\nThe rest is in the summary of \[this run\]\(https:\/\/github\.com\/example\/shop\/actions\/runs\/77\)\.$/,
    );
  });

  test("a marker cannot be ended early", () => {
    expect(markerOf("plan --> <b>/x")).toBe("<!-- aws-deploy-actions: plan -_ _b_/x -->");
  });
});

describe("the deployment in GitHub", () => {
  const settings: DeploymentSettings = {
    token: "t",
    environment: "staging",
    production: false,
    environmentUrl: "https://staging.example.com",
  };
  const show = async (over: Partial<DeploymentSettings> = {}, said: string[] = []): Promise<readonly string[]> => {
    const deployment = githubDeployment({ ...settings, ...over }, run(), {
      annotate: (level, message) => said.push(`${level}: ${message}`),
    });
    await deployment.show("in_progress", "waiting for healthy targets");
    await deployment.show("failure", "x".repeat(300));
    return said;
  };
  const statuses = (): readonly Call[] => calls.filter(({ method, path }) => method === "POST" && path.endsWith("/statuses"));

  test("is made once, and gets each state with the environment's address", async () => {
    answers = ({ method, path }) => {
      if (path.startsWith("/repos/example/shop/deployments?")) return { json: [] };
      if (path === "/repos/example/shop/deployments") return { status: 201, json: { id: 5 } };
      return method === "POST" ? { status: 201, json: {} } : undefined;
    };
    expect(await show()).toEqual([]);
    expect(calls.filter(({ method, path }) => method === "POST" && path.endsWith("/deployments")).map(({ body }) => body)).toEqual([
      expect.objectContaining({
        ref: "0123abcd",
        environment: "staging",
        production_environment: false,
        auto_merge: false,
        required_contexts: [],
      }),
    ]);
    expect(statuses().map(({ body }) => body["state"])).toEqual(["in_progress", "failure"]);
    expect(statuses()[1]?.body).toMatchObject({
      environment_url: "https://staging.example.com",
      log_url: "https://github.com/example/shop/actions/runs/77",
    });
    expect(String(statuses()[1]?.body["description"])).toHaveLength(140);
  });

  test("gets its states in the order in which they were asked for, though nobody waits for the first", async () => {
    answers = ({ method, path }) => (path.includes("?") ? { json: [] } : method === "POST" ? { status: 201, json: { id: 5 } } : undefined);
    const deployment = githubDeployment(settings, run(), { annotate: () => undefined });
    void deployment.show("in_progress", "a");
    await deployment.show("success", "b");
    expect(statuses().map(({ body }) => body["state"])).toEqual(["in_progress", "success"]);
  });

  test("that the job's environment has made is used, not doubled", async () => {
    answers = ({ method, path }) => {
      if (path.startsWith("/repos/example/shop/deployments?")) return { json: [{ id: 8 }, { id: 9 }] };
      if (path.startsWith("/repos/example/shop/deployments/8/statuses?"))
        return { json: [{ log_url: "https://github.com/example/shop/actions/runs/777/job/1" }] };
      if (path.startsWith("/repos/example/shop/deployments/9/statuses?"))
        return { json: [{ log_url: "https://github.com/example/shop/actions/runs/77/job/1" }] };
      return method === "POST" ? { status: 201, json: {} } : undefined;
    };
    await show();
    expect(statuses().map(({ path }) => path)).toEqual([
      "/repos/example/shop/deployments/9/statuses",
      "/repos/example/shop/deployments/9/statuses",
    ]);
  });

  test("that may not be shown is one warning, and nothing more is tried", async () => {
    answers = () => ({ status: 403, json: { message: "Resource not accessible by integration" } });
    const said = await show();
    expect(said).toHaveLength(1);
    expect(said[0]).toContain("deployments: write");
    expect(calls).toHaveLength(1);
  });

  test("is left out without a token, and an address that is none is left out of it", async () => {
    await show({ token: undefined });
    expect(calls).toEqual([]);
    answers = ({ method, path }) => (path.includes("?") ? { json: [] } : method === "POST" ? { status: 201, json: { id: 5 } } : undefined);
    await show({ environmentUrl: "javascript:alert(1)" });
    expect(statuses()[0]?.body).not.toHaveProperty("environment_url");
  });
});

test.each`
  repository        | gives
  ${"example/shop"} | ${{ owner: "example", repo: "shop" }}
  ${""}             | ${undefined}
  ${"a/b/c"}        | ${undefined}
  ${"a/"}           | ${undefined}
`("the repository '$repository' is $gives", ({ repository, gives }) => {
  expect(repositoryOf({ repository })).toEqual(gives);
});
