import { rmSync } from "node:fs";
import { access, constants, mkdir, mkdtemp, realpath, stat } from "node:fs/promises";
import { delimiter, dirname, isAbsolute, join, sep } from "node:path";
import type { Clock } from "@aws-deploy-actions/shared/clock";
import { type Program, type ProgramSpec, type Programs, Unavailable } from "../ports.ts";
import { execute, outputIn } from "./execute.ts";
import { type Installer, installer } from "./install.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProgramSettings {
  readonly environment: Environment;
  /** The checked-out repository: nothing in it is executed. */
  readonly workspace: string;
  /** Holds the files of pinned and hashed requirements. */
  readonly requirements: string;
  readonly clock: Clock;
  /** Ends a process group at once. */
  readonly killGroup: (leader: number) => void;
}

/** Certificates and where programs are: harmless for every scanner. */
const always = ["SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"];
/** How to reach the network; a proxy's address may hold a password, so only those get it who need it. */
const network = [
  ...["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy"],
  "npm_config_registry",
];
const registries = ["DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "XDG_RUNTIME_DIR"];

/** Programs of this machine, found on PATH or installed pinned, and run in a scrubbed environment. */
export async function machinePrograms(settings: ProgramSettings): Promise<Programs> {
  const { environment, clock, killGroup } = settings;
  const temporary = environment["RUNNER_TEMP"] || "/tmp";
  await mkdir(temporary, { recursive: true });
  const home = await realpath(await mkdtemp(join(temporary, "security-scan-")));
  const workspace = await realpath(settings.workspace);
  let serial = 0;
  const folder = async (): Promise<string> => {
    serial += 1;
    const path = join(home, String(serial));
    await mkdir(path, { mode: 0o700 });
    return path;
  };
  const searchPath = await trustedPath(environment["PATH"] ?? "", workspace);
  const install: Installer = installer({ environment, searchPath, requirements: settings.requirements, folder, clock, killGroup });
  const ending = new AbortController();
  const known = new Map<string, Promise<Program>>();
  return {
    folder,
    find: (spec) => {
      const found = known.get(spec.command) ?? locate(spec, searchPath, workspace, install);
      known.set(spec.command, found);
      return found;
    },
    run: async (program, args, options) => {
      const own = await folder();
      await mkdir(join(own, "tmp"));
      return execute(
        {
          ...options,
          command: program.path,
          killGroup,
          args,
          output: outputIn(own),
          environment: scrubbed(environment, own, [dirname(program.path), ...searchPath], options),
          cancelled: AbortSignal.any([options.cancelled, ending.signal]),
        },
        clock,
      );
    },
    close: async () => {
      ending.abort();
      // The asynchronous form holds every file in memory at once: 200 MB for 100,000.
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The environment of a scanner: a home of its own, the language, where programs are. No token, no credential, no setting of ours. */
function scrubbed(
  environment: Environment,
  home: string,
  searchPath: readonly string[],
  options: Parameters<Programs["run"]>[2],
): Readonly<Record<string, string>> {
  const names = [...always, ...(options.network === true ? network : []), ...(options.registries === true ? registries : [])];
  const passed = names.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]] as const]));
  const dockerHome = environment["DOCKER_CONFIG"] ?? (environment["HOME"] === undefined ? undefined : join(environment["HOME"], ".docker"));
  return {
    ...Object.fromEntries(passed),
    ...(options.registries === true && dockerHome !== undefined && { DOCKER_CONFIG: dockerHome }),
    PATH: [...new Set(searchPath)].join(delimiter),
    HOME: home,
    TMPDIR: join(home, "tmp"),
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_CACHE_HOME: join(home, ".cache"),
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    NO_COLOR: "1",
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONNOUSERSITE: "1",
    PYTHONUNBUFFERED: "1",
    ...options.environment,
  };
}

/** PATH without what the repository could have put there: relative folders and folders inside of the workspace. */
async function trustedPath(path: string, workspace: string): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const folder of path.split(delimiter)) {
    const real = isAbsolute(folder) ? await realpath(folder).catch(() => undefined) : undefined;
    if (real !== undefined && real !== workspace && !real.startsWith(workspace + sep)) folders.push(folder);
  }
  return folders;
}

async function locate(spec: ProgramSpec, searchPath: readonly string[], workspace: string, install: Installer): Promise<Program> {
  for (const folder of searchPath) {
    const path = join(folder, spec.command);
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined || real.startsWith(workspace + sep)) continue;
    if ((await stat(real)).isFile() && (await isExecutable(real))) return { path, origin: "on PATH" };
  }
  if (spec.requirements !== undefined) return install.python(spec.command, spec.requirements);
  if (spec.archive !== undefined) return install.archive(spec.command, spec.archive);
  throw new Unavailable(`${spec.command} is not on PATH`);
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
