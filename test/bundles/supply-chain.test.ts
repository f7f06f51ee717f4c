// What comes from others: nothing of it runs while it is installed, and all that lies in the bundles may lie there.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { distOf } from "../../bench/programs.ts";
import { actionNames } from "../../scripts/build.ts";
import { type Bundled, billOfMaterials, bundled, listed } from "../../scripts/sbom.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Licences that allow what the product's own (MIT) allows, with no more than a notice: https://spdx.org/licenses/ */
const compatible = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD"];

let materials: readonly Bundled[];
beforeAll(() => {
  materials = bundled();
});

test("every bundle lists its materials, the AWS SDK among them", () => {
  for (const action of actionNames())
    expect(materials.filter((one) => one.actions.includes(action)).map((one) => one.name)).toContain("@aws-sdk/core");
});

test("all that is bundled has a licence that goes together with ours, and its text is there", () => {
  expect(materials.filter((one) => !compatible.includes(one.licence ?? "none")).map((one) => `${one.name}: ${one.licence}`)).toEqual([]);
  const texts = actionNames().map((action) => readFileSync(join(distOf(action), "../licenses.txt"), "utf8"));
  expect(texts.filter((text) => !text.includes("Permission is hereby granted") || !text.includes("Apache License"))).toEqual([]);
});

test("nothing bundled wants to run a script while it is installed, and no package may", () => {
  expect(materials.filter((one) => one.hasInstallScript).map((one) => one.name)).toEqual([]);
  expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  const files = [
    "package.json",
    "scripts/bootstrap.mjs",
    ".ci/run",
    ...readdirSync(join(root, ".github/workflows")).map((name) => `.github/workflows/${name}`),
  ];
  expect(files.filter((file) => existsSync(join(root, file)) && /ignore[-_]scripts[= ]*false|npm rebuild/.test(read(file)))).toEqual([]);
});

test("every installed package is held by a hash", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as {
    readonly packages: Readonly<Record<string, { readonly integrity?: string; readonly link?: boolean }>>;
  };
  const loose = Object.entries(packages).filter(
    ([path, one]) => path.includes("node_modules/") && one.link !== true && !/^sha512-/.test(one.integrity ?? ""),
  );
  expect(loose.map(([path]) => path)).toEqual([]);
});

test("a name in a licence's text is no material", () => {
  const text = "undici\nMIT\nMIT License\n\nCopyright\n\nyaml\nis a word here, with more behind it: yes\n";
  expect(listed(text, new Set(["undici", "yaml"]))).toEqual(["undici"]);
});

describe("the bill of materials", () => {
  test("is what CycloneDX 1.6 asks for", () => {
    // The schemas refer to each other by these names.
    const schema = (name: string): object => ({
      ...(JSON.parse(read(`node_modules/@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`)) as object),
      $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`,
    });
    const ajv = new Ajv({
      strict: false,
      validateFormats: false,
      schemas: [schema("spdx"), schema("jsf-0.82"), schema("cryptography-defs")],
    });
    const validate = ajv.compile(schema("bom-1.6"));
    const bill = billOfMaterials(materials);
    expect(validate(bill) ? [] : validate.errors).toEqual([]);
    expect(validate({ ...bill, components: [{ type: "librar" }] })).toBe(false);
  });

  test("is the same twice, and names each material with version, hash and where it lies", () => {
    expect(JSON.stringify(billOfMaterials(bundled()))).toBe(JSON.stringify(billOfMaterials(materials)));
    const { components } = billOfMaterials(materials) as { readonly components: readonly object[] };
    const core = components.find((one) => "name" in one && one.name === "@actions/core");
    expect(core).toMatchObject({
      purl: expect.stringMatching(/^pkg:npm\/%40actions\/core@\d/),
      hashes: [{ alg: "SHA-512", content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
      properties: expect.arrayContaining([{ name: "bundled-in", value: "blue-green-deploy" }]),
    });
  });
});
