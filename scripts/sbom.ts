// What the bundles are made of, as a CycloneDX bill of materials on standard output; the same tree always gives the same bytes.
// `npm sbom --omit dev` cannot say it: it leaves out what a development dependency of the root uses too, and knows nothing of bundles.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { actionNames } from "./build.ts";

const root = join(import.meta.dirname, "..");
const json = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

/** One package of the lock file that lies in at least one bundle. */
export interface Bundled {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package says itself; undefined where it says none. */
  readonly licence: string | undefined;
  readonly integrity: string | undefined;
  readonly hasInstallScript: boolean;
  readonly actions: readonly string[];
}

/** Bundled as text (scripts/docs-plots.ts), and so not among the modules that the bundler lists. */
const asText: Readonly<Record<string, string>> = { uplot: "uPlot" };

/** The packages that a bundle's licenses.txt lists: a name on a line, its licence on the next. */
export function listed(licences: string, known: ReadonlySet<string>): readonly string[] {
  const lines = licences.split("\n");
  return [...new Set(lines.filter((line, index) => known.has(line) && /^[\w.() -]+$/.test(lines[index + 1] ?? "")))];
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);

/** @param distOf the folder of an action's bundle */
export function bundled(distOf = (action: string): string => join(root, "actions", action, "dist")): readonly Bundled[] {
  const locked = Object.entries((json("package-lock.json") as { readonly packages: Readonly<Record<string, Locked>> }).packages)
    // Our own packages are the product, no material of it.
    .filter(([path, one]) => path.includes("node_modules/") && one.link !== true)
    .map(([path, one]) => ({ path, name: nameOf(path), ...one }));
  const known = new Set(locked.map(({ name }) => name));
  const users = new Map<string, string[]>();
  for (const action of actionNames()) {
    const all = readFileSync(join(distOf(action), "licenses.txt"), "utf8");
    for (const name of [...listed(all, known), ...textsIn(distOf(action))]) users.set(name, [...(users.get(name) ?? []), action]);
  }
  return locked
    .filter(({ path, name }) => users.has(name) && isReached(path, users))
    .map(({ path, name, version = "", integrity, hasInstallScript = false }) => ({
      name,
      version,
      licence: (json(`${path}/package.json`) as { readonly license?: string }).license,
      integrity,
      hasInstallScript,
      actions: users.get(name) ?? [],
    }))
    .sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
}

/** A package below another is only used by that one: of those that are not bundled, it is no material. */
const isReached = (path: string, users: ReadonlyMap<string, unknown>): boolean =>
  path
    .split("/node_modules/")
    .slice(0, -1)
    .every((above) => !above.includes("node_modules/") || users.has(nameOf(above)));

const textsIn = (dist: string): readonly string[] => {
  const code = readdirSync(dist)
    .filter((file) => file.endsWith(".js"))
    .map((file) => readFileSync(join(dist, file), "utf8"));
  return Object.entries(asText).flatMap(([name, mark]) => (code.some((text) => text.includes(mark)) ? [name] : []));
};

const urlOf = ({ name, version }: Bundled): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;

/** https://cyclonedx.org/docs/1.6/json/; without a serial number and a time, which would make every copy another one. */
export function billOfMaterials(materials: readonly Bundled[]): object {
  const { name, version, description, license } = json("package.json") as Readonly<Record<string, string>>;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "application", "bom-ref": name, name, version, description, licenses: [{ expression: license }] },
    },
    components: materials.map((one) => ({
      type: "library",
      "bom-ref": urlOf(one),
      name: one.name,
      version: one.version,
      purl: urlOf(one),
      ...(one.licence === undefined ? {} : { licenses: [{ expression: one.licence }] }),
      ...(one.integrity === undefined ? {} : { hashes: hashesOf(one.integrity) }),
      properties: one.actions.map((action) => ({ name: "bundled-in", value: action })),
    })),
  };
}

/** The lock file's `sha512-…`, in CycloneDX's words. */
const hashesOf = (integrity: string): readonly object[] =>
  integrity.split(" ").map((one) => {
    const [, bits = "", content = ""] = /^sha(\d+)-(.+)$/.exec(one) ?? [];
    return { alg: `SHA-${bits}`, content: Buffer.from(content, "base64").toString("hex") };
  });

if (import.meta.main) process.stdout.write(`${JSON.stringify(billOfMaterials(bundled()), undefined, 2)}\n`);
