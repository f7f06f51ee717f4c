import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { awsSecrets } from "@aws-deploy-actions/shared/secrets/adapters/secrets";
import { read, spec } from "./inputs.ts";
import { run } from "./run.ts";

const clients = {
  secrets: () => import("@aws-sdk/client-secrets-manager"),
  kms: () => import("@aws-sdk/client-kms"),
};

await launch(
  {
    name: "validate-secrets",
    logName: "secrets-validation",
    spec,
    read,
    run: (config, base) =>
      run(config, base, async () => {
        const { aws } = await openAws(clients, config.aws, base);
        return { secrets: awsSecrets(aws) };
      }),
    logDirectory: (config) => config.common["log-directory"],
  },
  thisProcess(),
);
