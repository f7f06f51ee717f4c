import { bugWithoutText, Trouble } from "@aws-deploy-actions/shared/problems";

/** Runs what has secrets in its hands: anything thrown that is not trouble on purpose is our own defect, and its text may quote a value. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble(bugWithoutText(error));
  }
}
