// From start to the first exit and to the first AWS call, peak memory and size; all programs take turns in each round, so that a noisy
// moment of the machine meets them all, and what is read are the ratios.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Measured, type Program, untilExit, untilFirstCall } from "./children.ts";
import { bareBundle, codeSize, ecsDeploy, nodeAlone, ourPrograms, peerAction, peerCommand } from "./programs.ts";
import { type Figure, median, rounded, type Section } from "./report.ts";

export interface StartUpOptions {
  readonly rounds: number;
  readonly actions: readonly string[];
  readonly peerActions: readonly string[];
  readonly peerInputs: readonly string[];
  readonly peerCommands: readonly string[];
}

interface Timed {
  readonly program: Program;
  readonly exits: Measured[];
  readonly calls: Measured[];
}

/** MB of code. */
const sizeLimit = 3.0;
const callLimit = 1.25;
/** Of the first peer action's first call, for the action that does the same. */
const peerLimit = 0.8;
const comparable = "blue-green-deploy";

export async function startUp(options: StartUpOptions): Promise<Section> {
  const scratch = mkdtempSync(join(tmpdir(), "bench-bundles-"));
  try {
    const bare = bareBundle(join(scratch, "bare"));
    const ours = ourPrograms(options.actions);
    const peers = [
      ...options.peerActions.map((folder) => peerAction(folder, options.peerInputs, scratch)),
      ...options.peerCommands.map(peerCommand),
      ...[ecsDeploy()].filter((one) => one !== undefined),
    ];
    const timed = [nodeAlone, bare, ...ours, ...peers].map((program): Timed => ({ program, exits: [], calls: [] }));
    for (let round = -1; round < options.rounds; round++) await takeTurns(timed, round >= 0);
    const [alone, reference] = [timed[0], timed[1]];
    const peer = timed.find(({ program }) => options.peerActions.length > 0 && program === peers[0]);
    if (alone === undefined || reference === undefined) throw new Error("nothing was measured");
    return {
      name: "start-up",
      title: `Start-up: milliseconds, medians of ${options.rounds} rounds, everything in turns`,
      figures: timed.map((one) => figureOf(one, alone, reference, peer, ours.includes(one.program))),
      notes: ["to exit: a required input is missing. to call: the first request reaches AWS (a server on this machine). Read the ratios."],
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** One round; the first one warms the file cache and is not counted. */
async function takeTurns(timed: readonly Timed[], counts: boolean): Promise<void> {
  for (const { program, exits, calls } of timed) {
    const exit =
      program.toExit === undefined && program !== nodeAlone ? undefined : await untilExit(program, { mustFail: program !== nodeAlone });
    const call = program.toCall === undefined ? undefined : await untilFirstCall(program);
    if (!counts) continue;
    if (exit !== undefined) exits.push(exit);
    if (call !== undefined) calls.push(call);
  }
}

const wall = (one: Measured): number => one.milliseconds;
const processor = (one: Measured): number => one.processor ?? 0;

/** The median of each round's ratio: both sides met the same noise. */
const ratio = (ones: readonly Measured[], others: readonly Measured[], of = wall): number =>
  rounded(median(ones.map((one, round) => of(one) / (others[round] === undefined ? Number.NaN : of(others[round])))));

function figureOf(one: Timed, alone: Timed, bare: Timed, peer: Timed | undefined, isOurs: boolean): Figure {
  const { program, exits, calls } = one;
  const entry = program.args.find((each) => each.endsWith(".js"));
  const size = entry === undefined ? undefined : codeSize(dirname(entry)) / 1e6;
  const toExit = exits.length === 0 ? {} : { "to exit": Math.round(median(exits.map(wall))), "× node": ratio(exits, alone.exits) };
  return {
    what: program.name,
    values: { ...toExit, ...callValues(calls, bare, peer), ...(size === undefined ? {} : { "dist MB": rounded(size) }) },
    ...(isOurs ? target(one, bare, peer, size) : {}),
  };
}

/** What is told about a program's first call. */
function callValues(calls: readonly Measured[], bare: Timed, peer: Timed | undefined): Figure["values"] {
  if (calls.length === 0) return {};
  const memory = median(calls.map((one) => one.memory ?? 0));
  const used = median(calls.map(processor));
  return {
    "to call": Math.round(median(calls.map(wall))),
    "× bare": ratio(calls, bare.calls),
    ...(peer === undefined ? {} : { "× peer": ratio(calls, peer.calls) }),
    ...(used === 0 ? {} : { "CPU ms": Math.round(used), "CPU × bare": ratio(calls, bare.calls, processor) }),
    ...(used === 0 || peer === undefined ? {} : { "CPU × peer": ratio(calls, peer.calls, processor) }),
    ...(memory === 0 ? {} : { "MB at first call": Math.round(memory) }),
  };
}

function target({ program, calls }: Timed, bare: Timed, peer: Timed | undefined, size = 0): Pick<Figure, "target" | "met"> {
  const isSmall = size <= sizeLimit;
  if (calls.length === 0) return { target: `at most ${sizeLimit} MB`, met: isSmall };
  const isQuick = ratio(calls, bare.calls) <= callLimit;
  const said = `first call at most ${callLimit} × bare, at most ${sizeLimit} MB`;
  if (peer === undefined || program.name !== comparable) return { target: said, met: isQuick && isSmall };
  return { target: `${said}, ${peerLimit} × peer`, met: isQuick && isSmall && ratio(calls, peer.calls) <= peerLimit };
}
