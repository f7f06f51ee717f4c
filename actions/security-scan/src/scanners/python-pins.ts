// What a Python project fixes, read as text: nothing is resolved, downloaded or built.
import { fields, textOf } from "./reading.ts";

/** One exact version that a file names. */
export interface Pin {
  readonly name: string;
  readonly version: string;
  readonly line: number;
}

export interface Pins {
  readonly pins: readonly Pin[];
  /** Requirements without an exact version, as they stand: they cannot be audited without resolving them. */
  readonly loose: readonly string[];
}

const name = "[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?";
const pinned = new RegExp(`^(${name})\\s*(?:\\[[^\\]]{0,300}\\])?\\s*===?\\s*([A-Za-z0-9][A-Za-z0-9.!+_-]{0,100})\\s*(?:;.*)?$`);

/** Reads a requirements file: https://pip.pypa.io/en/stable/reference/requirements-file-format/ */
export function readRequirements(text: string): Pins {
  const pins: Pin[] = [];
  const loose: string[] = [];
  let pending = "";
  let pendingLine = 0;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const [line, start] = pending === "" ? [raw, index + 1] : [pending + raw, pendingLine];
    if (/\\$/.test(line)) {
      [pending, pendingLine] = [line.slice(0, -1), start];
      continue;
    }
    pending = "";
    const requirement = line
      .replace(/(^|\s)#.*$/, "")
      .replace(/\s--(hash|config-settings|global-option)[=\s]\S+/g, "")
      .trim();
    // Options change where pip looks, not what is asked for; files named by -r and -c are read on their own.
    if (requirement === "" || /^(-r|-c|-i|-f|--(?!editable))/.test(requirement)) continue;
    const match = pinned.exec(requirement);
    if (match?.[1] !== undefined && match[2] !== undefined && !match[2].includes("*"))
      pins.push({ name: match[1], version: match[2], line: start });
    else loose.push(requirement);
  }
  return { pins, loose };
}

/** Reads the packages of poetry.lock, uv.lock and pylock.toml: files that a program writes, always in this form. */
export function readTomlLock(text: string): Pins {
  const pins: Pin[] = [];
  let open: { name?: string; version?: string; line: number } | undefined;
  const close = (): void => {
    if (open?.name !== undefined && open.version !== undefined) pins.push({ name: open.name, version: open.version, line: open.line });
    open = undefined;
  };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*\[\[packages?\]\]\s*$/.test(line)) {
      close();
      open = { line: index + 1 };
    } else if (/^\s*\[/.test(line)) close();
    else if (open !== undefined) {
      const member = /^\s*(name|version)\s*=\s*"([^"]{1,200})"/.exec(line);
      if (member?.[1] === "name" && member[2] !== undefined) open = { ...open, name: member[2], line: index + 1 };
      if (member?.[1] === "version" && member[2] !== undefined) open = { ...open, version: member[2] };
      // The project itself is in the file too, and is nobody's package.
      if (/^\s*source\s*=\s*\{\s*(editable|virtual|directory|path)\s*=/.test(line)) open = undefined;
    }
  }
  close();
  return { pins, loose: [] };
}

/** Reads Pipfile.lock. @throws SyntaxError when it is no JSON */
export function readPipfileLock(text: string): Pins {
  const lock = fields(JSON.parse(text) as unknown);
  const lines = text.split(/\r?\n/);
  const pins = ["default", "develop"].flatMap((section) =>
    Object.entries(fields(lock[section])).flatMap(([packageName, details]) => {
      const version = /^==(.+)$/.exec(textOf(fields(details)["version"]))?.[1];
      const line = lines.findIndex((one) => one.includes(`"${packageName}": {`)) + 1;
      return version === undefined ? [] : [{ name: packageName, version, line: Math.max(1, line) }];
    }),
  );
  return { pins, loose: [] };
}

/** Whether a pyproject.toml, setup.py, setup.cfg or Pipfile names packages at all. */
export const namesDependencies = (text: string): boolean =>
  /^\s*dependencies\s*=\s*\[\s*["']|^\[tool\.poetry\.dependencies\]|^\s*install_requires\s*=|^\[(dev-)?packages\]\s*\n\s*[\w"']/m.test(
    text,
  );

/** The reader for a file by its name. */
export function readPins(path: string, text: string): Pins {
  if (/(poetry|uv)\.lock$|pylock[^/]*\.toml$/.test(path)) return readTomlLock(text);
  if (/Pipfile\.lock$/.test(path)) return readPipfileLock(text);
  return readRequirements(text);
}
