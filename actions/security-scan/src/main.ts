import { dirname, join } from "node:path";
import { launch } from "@aws-deploy-actions/shared/action/launch";
import { thisProcess } from "@aws-deploy-actions/shared/action/process";
import { withTrustedConfigFile } from "./adapters/trusted-config.ts";
import { securityScan } from "./wiring.ts";

// The bundle lies in dist/, the source in src/: the pinned requirements are beside both.
const requirements = join(dirname(process.argv[1] ?? "."), "..", "requirements");
const ours = thisProcess();

await launch(securityScan({ requirements, killGroup: (leader) => process.kill(-leader, "SIGKILL") }), {
  ...ours,
  environment: await withTrustedConfigFile(ours.environment),
});
