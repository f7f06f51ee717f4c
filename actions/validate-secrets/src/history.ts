import type { Instant } from "@aws-deploy-actions/shared/units";

/** One rotation, as it is kept. Never a value. */
export interface RotationRecord {
  readonly at: Instant;
  readonly secret: string;
  readonly outcome: string;
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly actor: string;
  readonly run: string;
}

/** Where rotations are kept for a year. */
export interface HistoryPort {
  keep(record: RotationRecord): Promise<void>;
}
