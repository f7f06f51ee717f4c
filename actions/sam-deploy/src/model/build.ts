import type { FileSeen } from "../ports.ts";
import { digestOf } from "./canonical.ts";
import { recordOf, type Template } from "./template.ts";

/** Lies in the build directory and lists its files, since what carries artefacts between jobs loses the executable bit. */
export const manifestName = "build-manifest.json";

export interface Manifest {
  readonly version: 1;
  readonly files: readonly FileSeen[];
}

export const manifestOf = (files: readonly FileSeen[]): Manifest => ({
  version: 1,
  files: files.filter(({ path }) => path !== manifestName).sort((a, b) => (a.path < b.path ? -1 : 1)),
});

/** The digest under which a build is deployed: of every file's path, content and executable bit. */
export const buildDigest = (manifest: Manifest): string => digestOf(manifest);

/** Reads a manifest; undefined for a text that is none. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const { version, files } = recordOf(JSON.parse(text));
    if (version !== 1 || !Array.isArray(files)) return undefined;
    const read = files.map((one) => {
      const { path, sha256, executable } = recordOf(one);
      return typeof path === "string" && typeof sha256 === "string" && typeof executable === "boolean"
        ? { path, sha256, executable }
        : undefined;
    });
    return read.every((one) => one !== undefined) ? { version: 1, files: read } : undefined;
  } catch {
    return undefined;
  }
}

/** How the files of a build directory differ from its manifest. */
export interface BuildDifference {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  readonly added: readonly string[];
  /** Executable in the build, not so any more. */
  readonly notExecutable: readonly string[];
}

export function compareBuild(manifest: Manifest, files: readonly FileSeen[]): BuildDifference {
  const there = new Map(files.map((file) => [file.path, file]));
  const listed = new Set(manifest.files.map(({ path }) => path));
  return {
    missing: manifest.files.filter(({ path }) => !there.has(path)).map(({ path }) => path),
    changed: manifest.files.filter(({ path, sha256 }) => there.has(path) && there.get(path)?.sha256 !== sha256).map(({ path }) => path),
    added: files.filter(({ path }) => path !== manifestName && !listed.has(path)).map(({ path }) => path),
    notExecutable: manifest.files
      .filter(({ path, executable }) => executable && there.get(path)?.executable === false)
      .map(({ path }) => path),
  };
}

/** Properties that name local files: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-package.html */
const localFiles = new Set(["CodeUri", "ContentUri", "DefinitionUri", "Location", "TemplateURL", "SchemaUri", "Code", "Content", "Body"]);

/** Local files that a built template still takes from outside of its directory: no digest of the directory covers them. */
export function filesOutside(template: Template): readonly string[] {
  const found = new Set<string>();
  const visit = (value: unknown, key: string): void => {
    if (typeof value === "string") {
      if (localFiles.has(key) && /^(\.\.\/|\/)/.test(value)) found.add(value);
    } else if (Array.isArray(value)) for (const one of value) visit(one, key);
    else for (const [name, one] of Object.entries(recordOf(value))) visit(one, name);
  };
  for (const { properties } of Object.values(template.resources)) visit(properties, "");
  return [...found].sort();
}
