import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { tellFromInputs } from "@aws-deploy-actions/shared/action/tell";
import { read, spec } from "./inputs.ts";
import { run } from "./run.ts";
import { clients, portsOf } from "./wiring.ts";

await launch(
  {
    name: "validate-secrets",
    logName: "secrets-validation",
    spec,
    read,
    run: (config, base) => run(config, base, async () => portsOf((await openAws(clients, config.aws, base)).aws, config, base)),
    logDirectory: (config) => config.common["log-directory"],
    tell: async (config, result, base) => await tellFromInputs(config.common, result, base),
  },
  thisProcess(),
);
