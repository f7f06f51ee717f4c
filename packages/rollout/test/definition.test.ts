import fc from "fast-check";
import { changed, type DefinitionChanges, differences, type JsonObject, registrable, sameDefinition } from "../src/definition.ts";

const running: JsonObject = {
  family: "shop",
  cpu: "256",
  fieldOfNextYear: { nested: ["kept"] },
  containerDefinitions: [
    {
      name: "app",
      image: "shop:v1",
      environment: [{ name: "LEVEL", value: "info" }],
      secrets: [{ name: "KEY", valueFrom: "arn:a" }],
      futureField: 1,
    },
    { name: "sidecar", image: "proxy:v7" },
  ],
};
const none: DefinitionChanges = { images: new Map(), environment: [], secrets: [] };

describe("a new revision", () => {
  test("differs in the image alone when only the image is given", () => {
    const after = changed(running, { ...none, images: new Map([["app", "shop@sha256:1"]]) });
    expect(differences(running, after)).toEqual([{ where: "app: image", change: "changed", from: "shop:v1", to: "shop@sha256:1" }]);
    expect(after["fieldOfNextYear"]).toEqual(running["fieldOfNextYear"]);
    expect(JSON.stringify(after)).toContain('"futureField":1');
  });

  test("never shows the value of a variable, but that it changed", () => {
    const after = changed(running, { ...none, environment: [{ container: "app", name: "LEVEL", value: "very-secret" }] });
    expect(differences(running, after)).toEqual([{ where: "app: environment LEVEL", change: "changed" }]);
  });

  test("moves a name from the variables to the secrets: it may not stand in both", () => {
    const after = changed(running, { ...none, secrets: [{ container: "app", name: "LEVEL", value: "arn:b" }] });
    const [app] = after["containerDefinitions"] as readonly JsonObject[];
    expect(app?.["environment"]).toEqual([]);
    expect(app?.["secrets"]).toEqual([
      { name: "KEY", valueFrom: "arn:a" },
      { name: "LEVEL", valueFrom: "arn:b" },
    ]);
  });

  test("leaves out what RegisterTaskDefinition does not take, and keeps tags", () => {
    const answer = { ...running, taskDefinitionArn: "arn", revision: 4, status: "ACTIVE", registeredAt: 1 };
    expect(registrable(answer, [{ key: "team", value: "shop" }])).toEqual({ ...running, tags: [{ key: "team", value: "shop" }] });
  });
});

describe("two definitions are the same", () => {
  test.each`
    why                                                   | other                                         | same
    ${"when nothing differs"}                             | ${{}}                                         | ${true}
    ${"when AWS answers an empty list for a missing one"} | ${{ volumes: [] }}                            | ${true}
    ${"not when a field nobody knows differs"}            | ${{ fieldOfNextYear: { nested: ["other"] } }} | ${false}
    ${"not when the memory differs"}                      | ${{ memory: "1024" }}                         | ${false}
  `("$why", ({ other, same }) => {
    expect(sameDefinition(running, { ...running, ...other })).toBe(same);
  });

  test("in whatever order the variables stand", () => {
    const variable = fc.record({ name: fc.stringMatching(/^[A-Z]{1,8}$/), value: fc.string() });
    fc.assert(
      fc.property(fc.uniqueArray(variable, { selector: (one) => one.name, maxLength: 8 }), (variables) => {
        const of = (environment: typeof variables): JsonObject => ({ containerDefinitions: [{ name: "app", environment }] });
        expect(sameDefinition(of(variables), of([...variables].reverse()))).toBe(true);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
