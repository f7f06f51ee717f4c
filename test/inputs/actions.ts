// The inputs of every action: its spec and how it reads them. An action that is missing here fails a test.
import type { InputSpec, RawInputs } from "@aws-deploy-actions/shared/action/inputs";
import { actionNames } from "../../scripts/build.ts";

type Read = (raw: RawInputs, environment: Readonly<Record<string, string | undefined>>) => unknown;

export interface InputsOf {
  readonly action: string;
  readonly spec: InputSpec;
  readonly read: Read;
}

/** Every action that has an entry, with its inputs.ts loaded. */
export async function allInputs(): Promise<readonly InputsOf[]> {
  return await Promise.all(
    actionNames().map(async (action) => {
      const module = (await import(`../../actions/${action}/src/inputs.ts`)) as { spec: InputSpec; read?: Read; readConfig?: Read };
      const read = module.read ?? module.readConfig;
      if (read === undefined) throw new Error(`actions/${action}/src/inputs.ts exports neither read nor readConfig`);
      return { action, spec: module.spec, read };
    }),
  );
}
