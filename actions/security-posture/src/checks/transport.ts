import type { Check, Judgement } from "../model/check.ts";
import type { Transport } from "../model/world.ts";
import { controls } from "./controls.ts";
import { fine, onEach, remark } from "./judging.ts";

export const databaseTls: Check = {
  id: "database-tls",
  title: "The database refuses connections without TLS",
  profiles: ["container"],
  severity: "high",
  needs: ["databaseTransport"],
  controls: controls("CC6.7", "4.2.1", "32", "164.312(e)(1), 164.312(e)(2)(ii)"),
  prowler: ["rds_instance_transport_encrypted"],
  judge: ({ databaseTransport }) => onEach("database", databaseTransport, forced),
};

function forced({ parameter, group, ofCluster, value, pending }: Transport, name: string): Judgement {
  const setting = `${parameter}=${parameter === "rds.force_ssl" ? "1" : "ON"}`;
  const kind = ofCluster ? "db-cluster" : "db";
  if (!isOn(value))
    return remark(
      "failed",
      name,
      setting,
      `it takes connections in clear (${parameter} is ${value === undefined || value === "" ? "not set" : value} in ${group})`,
      group.startsWith("default.")
        ? `A default group cannot be changed: give it a parameter group of its own with ${setting}, as infra/data.yaml does.`
        : `aws rds modify-${kind}-parameter-group --${kind}-parameter-group-name ${group} --parameters ParameterName=${parameter},ParameterValue=1,ApplyMethod=immediate`,
    );
  // Which parameter of the group waits is not told: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html
  return pending
    ? remark(
        "warning",
        name,
        `${setting}, in force`,
        `${group} has changes that wait for a restart`,
        `aws rds reboot-db-instance --db-instance-identifier ${ofCluster ? "INSTANCE" : name}`,
      )
    : fine(name);
}

/** MySQL tells a switch as 0, 1, ON or OFF. */
const isOn = (value: string | undefined): boolean => /^(1|on|true)$/i.test(value ?? "");
