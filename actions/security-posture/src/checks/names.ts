import type { DBCluster, DBInstance } from "@aws-sdk/client-rds";

export const instanceName = ({ DBInstanceIdentifier = "?" }: DBInstance): string => DBInstanceIdentifier;
export const clusterName = ({ DBClusterIdentifier = "?" }: DBCluster): string => DBClusterIdentifier;
