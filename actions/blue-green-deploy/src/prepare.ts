import type { StoredDefinition } from "@aws-deploy-actions/rollout/aws/definitions";
import type { Environment } from "@aws-deploy-actions/rollout/aws/locate";
import { byHand } from "@aws-deploy-actions/rollout/by-hand";
import { type Colour, other } from "@aws-deploy-actions/rollout/colours";
import {
  changed,
  containersOf,
  type Difference,
  differences,
  type JsonObject,
  sameDefinition,
} from "@aws-deploy-actions/rollout/definition";
import type { Toolbox } from "@aws-deploy-actions/rollout/toolbox";
import { trafficOn } from "@aws-deploy-actions/rollout/traffic";
import { type Problem, problem, problemsOf, Trouble } from "@aws-deploy-actions/shared/problems";
import type { Config, RequestedChanges } from "./inputs.ts";

/** What would be deployed, and where. */
export interface Prepared {
  readonly environment: Environment;
  readonly active: Colour;
  readonly target: Colour;
  /** What runs on the active colour. */
  readonly before: StoredDefinition;
  /** What shall run; not registered yet. */
  readonly after: JsonObject;
  readonly differences: readonly Difference[];
  readonly unchanged: boolean;
  /** By container, with digests. */
  readonly images: ReadonlyMap<string, string>;
}

/**
 * Looks at everything that the deployment needs, and changes nothing.
 *
 * @throws Trouble with all problems together
 */
export async function prepare(config: Config, tools: Toolbox): Promise<Prepared> {
  const { prepared, problems } = await look(config, tools);
  if (problems.length > 0) throw new Trouble(problems);
  return prepared;
}

/**
 * The same, with the problems of images beside what was found: the checks that come next have theirs to add.
 *
 * @throws Trouble where the environment is not as it must be, with the problems of images behind its own
 */
export async function look(
  config: Config,
  tools: Toolbox,
): Promise<{ readonly prepared: Prepared; readonly problems: readonly Problem[] }> {
  const environment = await tools.locate().catch(async (error: unknown) => {
    // A call that failed says nothing about the environment, and others might fail like it.
    if (problemsOf(error).some((one) => one.kind !== "deployment")) throw error;
    const images = [...config.changes.images.values(), ...(config.changes.image === undefined ? [] : [config.changes.image])];
    const problems = await Promise.all(images.map(async (image) => (await resolveOne(image, undefined, config, tools)).problems));
    throw problems.flat().length === 0 ? error : new Trouble([...problemsOf(error), ...problems.flat()]);
  });
  const active = activeColour(environment, tools.region);
  const target = other(active);
  const running = await tools.readDefinition(environment.services[active].revision);
  const base = config.given["task-definition"] === undefined ? running : await tools.readDefinition(config.given["task-definition"]);
  const wanted = wantedImages(config.changes, base.body);
  const found = await Promise.all(
    [...wanted].map(async ([name, image]) => ({ name, ...(await resolveOne(image, base.body, config, tools)) })),
  );
  const images = new Map(found.map(({ name, image }) => [name, image]));
  const after = changed(base.body, { images, environment: config.changes.environment, secrets: config.changes.secrets });
  const prepared = {
    environment,
    active,
    target,
    before: running,
    after,
    differences: differences(running.body, after),
    unchanged: sameDefinition(running.body, after),
    images,
  };
  return { prepared, problems: found.flatMap(({ problems }) => problems) };
}

/** Users are on both colours, or on none that is known. */
export class NoActiveColour extends Trouble {}

/** @throws NoActiveColour when users are not on one colour alone, with the commands that put them there */
function activeColour(environment: Environment, region: string): Colour {
  const traffic = trafficOn(environment.routes);
  if (traffic === "blue" || traffic === "green") return traffic;
  const shown = environment.routes.map(
    (route) => `${route.kind} ${route.id}: blue ${route.weights.blue ?? "-"}, green ${route.weights.green ?? "-"}`,
  );
  throw new NoActiveColour(
    problem(
      "deployment",
      `Traffic is ${traffic === "split" ? "split between the colours" : "on neither colour"}, so nobody can say which one is active.\n${shown.join("\n")}`,
      `Finish or undo what was begun: mode: resume. Or put users on one colour by hand, for example on blue:\n${environment.routes.map((route) => byHand(route, "blue", region)).join("\n")}`,
    ),
  );
}

/** The image of each container that shall get a new one. */
function wantedImages(changes: RequestedChanges, definition: JsonObject): ReadonlyMap<string, string> {
  const containers = containersOf(definition).map((one) => one.name);
  const problems = [
    ...changes.images.keys(),
    ...changes.environment.map((one) => one.container),
    ...changes.secrets.map((one) => one.container),
  ]
    .filter((name) => !containers.includes(name))
    .map((name) => problem("input", `There is no container "${name}" in the task definition; it has ${containers.join(", ")}.`));
  if (problems.length > 0) throw new Trouble(problems);
  if (changes.image === undefined) return changes.images;
  const name = changes.containerName ?? (containers.length === 1 ? containers[0] : undefined);
  if (name === undefined) {
    throw new Trouble(
      problem(
        "input",
        `image: the task definition has ${containers.length} containers (${containers.join(", ")}), so container-name must say which one it is for.`,
        `container-name: ${containers[0]}`,
      ),
    );
  }
  if (!containers.includes(name))
    throw new Trouble(
      problem("input", `container-name: there is no container "${name}" in the task definition; it has ${containers.join(", ")}.`),
    );
  return new Map([[name, changes.image]]);
}

/** An image by its digest, and what is wrong with it. @param definition undefined where nobody knows which one it would run in */
async function resolveOne(
  image: string,
  definition: JsonObject | undefined,
  config: Config,
  tools: Toolbox,
): Promise<{ readonly image: string; readonly problems: readonly Problem[] }> {
  const registry = registryProblems(image, config.given["allowed-registries"]);
  try {
    const found = await tools.resolveImage(image);
    const platform = definition === undefined ? [] : platformProblems(image, found.platforms, definition);
    return { image: found.image, problems: [...registry, ...platform] };
  } catch (error) {
    return { image, problems: [...registry, ...problemsOf(error)] };
  }
}

/** An image is allowed when its name begins with an allowed registry and a slash; `*` stands for any part of a name. */
export function registryProblems(image: string, allowed: readonly string[]): readonly Problem[] {
  if (allowed.length === 0) return [];
  const matches = allowed.some((registry) => {
    const pattern = registry.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[^/]*");
    return new RegExp(`^${pattern.replace(/\/$/, "")}/`).test(image);
  });
  return matches
    ? []
    : [problem("input", `The image ${image} comes from a registry that allowed-registries does not list (${allowed.join(", ")}).`)];
}

function platformProblems(image: string, platforms: readonly string[] | undefined, definition: JsonObject): readonly Problem[] {
  const runtime = definition["runtimePlatform"] as JsonObject | undefined;
  const architecture = runtime?.["cpuArchitecture"] === "ARM64" ? "arm64" : "amd64";
  if (platforms === undefined || platforms.some((platform) => platform.endsWith(`/${architecture}`))) return [];
  return [
    problem(
      "deployment",
      `The image ${image} is for ${platforms.join(", ")}, and the task definition asks for ${architecture}: its tasks would stop with "exec format error".`,
      `docker build --platform linux/${architecture} …, or set runtimePlatform.cpuArchitecture in the task definition.`,
    ),
  ];
}
