import { openAws } from "@aws-deploy-actions/shared/action/aws-base";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { awsAccess } from "@aws-deploy-actions/shared/secrets/adapters/access";
import { awsSecrets } from "@aws-deploy-actions/shared/secrets/adapters/secrets";
import { read, spec } from "./inputs.ts";
import { run } from "./run.ts";

const clients = {
  secrets: () => import("@aws-sdk/client-secrets-manager"),
  kms: () => import("@aws-sdk/client-kms"),
  iam: () => import("@aws-sdk/client-iam"),
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
        return { secrets: awsSecrets(aws), access: awsAccess(aws) };
      }),
    logDirectory: (config) => config.common["log-directory"],
  },
  thisProcess(),
);
