import type { Check, Profile } from "../model/check.ts";
import { certificates, cloudTrail } from "./account.ts";
import { accessLogs, tlsInTransit, wafActive } from "./balancer.ts";
import { databaseNotPublic, encryptedAtRest, secretsStored } from "./data.ts";
import { noFunctionSecrets, noHardcodedSecrets } from "./hardcoded.ts";
import { imageScanning } from "./images.ts";
import { logRetention, logsEncrypted } from "./logs.ts";
import { networkAcls, privateSubnets } from "./network.ts";
import { databaseBackups, highAvailability } from "./recovery.ts";
import { redisAuth, redisEncrypted } from "./redis.ts";
import { leastPrivilege } from "./roles.ts";
import { securityGroups } from "./security-groups.ts";
import { bucketsPrivate, dataBackups, functionLimits, functionsInVpc, tablesEncrypted } from "./serverless.ts";
import { alarmsSet, budgetsSet, naming, tags } from "./stack.ts";
import { databaseTls } from "./transport.ts";

/** Every check, in the order of the report. */
export const allChecks: readonly Check[] = [
  secretsStored,
  encryptedAtRest,
  databaseTls,
  databaseNotPublic,
  redisEncrypted,
  privateSubnets,
  securityGroups,
  wafActive,
  logsEncrypted,
  leastPrivilege,
  imageScanning,
  noHardcodedSecrets,
  noFunctionSecrets,
  tlsInTransit,
  networkAcls,
  redisAuth,
  highAvailability,
  databaseBackups,
  accessLogs,
  bucketsPrivate,
  tablesEncrypted,
  functionLimits,
  cloudTrail,
  functionsInVpc,
  naming,
  tags,
  dataBackups,
  logRetention,
  alarmsSet,
  budgetsSet,
  certificates,
];

export const checksOf = (profile: Profile): readonly Check[] => allChecks.filter(({ profiles }) => profiles.includes(profile));
