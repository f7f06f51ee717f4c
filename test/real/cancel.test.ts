// A small part of `npm run prove -- --real`: real processes are cancelled and killed while users send requests.
import { openStage, type RealStage } from "./stage.ts";
import { tryReal } from "./trial.ts";
import { troubleOf } from "./troubles.ts";

let stage: RealStage;
beforeAll(async () => {
  stage = await openStage(40);
}, 120_000);
afterAll(async () => await stage.stop());

const attempt = async (name: string, inputs = {}) => {
  const { log, requests, milliseconds: _, ...verdict } = await tryReal(stage, troubleOf(name), { entry: "src", inputs });
  return { ...verdict, hadUsers: requests > 0, log: verdict.violations.length > 0 ? log : "" };
};

const fine = { violations: [], lost: 0, hadUsers: true, log: "" };

test("the calls after SIGTERM in the watch put users back, before any other", async () => {
  const ending = "cancelled, users on the old version";
  expect(await attempt("watch:SIGTERM")).toEqual({ ...fine, between: 0, ending });
}, 240_000);

test("what SIGKILL left half-way through the switch is put back by resume", async () => {
  expect(await attempt("shift:SIGKILL")).toEqual({ ...fine, between: undefined, ending: "killed, users on the old version" });
}, 240_000);
