import type { Check, Profile } from "../model/check.ts";
import { certificates, cloudTrail } from "./account.ts";
import { accessLogs, tlsInTransit, wafActive } from "./balancer.ts";
import { databaseBackups, databaseNotPublic, encryptedAtRest, highAvailability, redisAuth, redisEncrypted, secretsStored } from "./data.ts";
import { noFunctionSecrets, noHardcodedSecrets } from "./hardcoded.ts";
import { imageScanning } from "./images.ts";
import { logRetention, logsEncrypted } from "./logs.ts";
import { networkAcls, privateSubnets, securityGroups } from "./network.ts";
import { leastPrivilege } from "./roles.ts";
import {
  alarmsSet,
  bucketsPrivate,
  budgetsSet,
  dataBackups,
  functionLimits,
  functionsInVpc,
  naming,
  tablesEncrypted,
  tags,
} from "./serverless.ts";

/** Every check, in the order of the report. */
export const allChecks: readonly Check[] = [
  secretsStored,
  encryptedAtRest,
  databaseNotPublic,
  redisEncrypted,
  privateSubnets,
  securityGroups,
  wafActive,
  logsEncrypted,
  noFunctionSecrets,
  leastPrivilege,
  imageScanning,
  noHardcodedSecrets,
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
