import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import type { HistoryPort } from "./history.ts";

/** A year: how long the history of rotations is kept. */
const retentionDays = 365;

/** A log group, made with its retention where it is missing. */
export function logGroupHistory(aws: Aws<"logs">, logGroupName: string): HistoryPort {
  return {
    keep: async (record) => {
      const logStreamName = `${new Date(record.at * 1000).toISOString().replace(/[:.]/g, "-")}-${record.to}`;
      const put = async (): Promise<void> => {
        await aws.logs((sdk) => new sdk.CreateLogStreamCommand({ logGroupName, logStreamName }));
      };
      try {
        await put();
      } catch (error) {
        if (causeKind(error) !== "missing") throw error;
        await aws.logs((sdk) => new sdk.CreateLogGroupCommand({ logGroupName }));
        await aws.logs((sdk) => new sdk.PutRetentionPolicyCommand({ logGroupName, retentionInDays: retentionDays }));
        await put();
      }
      const logEvents = [{ timestamp: Math.round(record.at * 1000), message: JSON.stringify(record) }];
      await aws.logs((sdk) => new sdk.PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    },
  };
}
