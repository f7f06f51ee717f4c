import type { Identity } from "@aws-deploy-actions/shared/action/aws-base";
import type { PartName, World } from "./model/world.ts";

/** One call and what AWS answered, for the evidence. */
export interface Answered {
  /** `ecs:DescribeServices`. */
  readonly call: string;
  readonly region: string;
  readonly input: object;
  readonly answer?: object;
  readonly error?: string;
}

/** What a run reaches the world through. */
export interface Ports {
  readonly identity: () => Promise<Identity>;
  /** Looks at the parts that are asked for; all others are unknown. */
  readonly observe: (needs: ReadonlySet<PartName>) => Promise<World>;
  /** Every answer so far, in the order in which it came. */
  readonly answers: () => readonly Answered[];
  readonly files: Files;
}

export interface Files {
  /** Writes a file of the workspace, through no link. @throws Trouble where the path leaves the workspace */
  write(path: string, text: string): Promise<void>;
  /** Whether there is such a file in the workspace. */
  exists(path: string): boolean;
}
