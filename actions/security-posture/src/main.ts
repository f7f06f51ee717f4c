import { launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { tellFromInputs } from "@aws-deploy-actions/shared/action/tell";
import { read, spec } from "./inputs.ts";
import { run } from "./run.ts";
import { connect } from "./wiring.ts";

await launch(
  {
    name: "security-posture",
    logName: "security-validation",
    spec,
    read,
    run: async (config, base) => await run(config, base, await connect(config, base)),
    logDirectory: (config) => config.given["log-directory"],
    tell: async (config, result, base) => await tellFromInputs(config.given, result, base),
  },
  thisProcess(),
);
