import type { Controls } from "../model/check.ts";

/**
 * The controls that a check is evidence for. HIPAA: https://www.ecfr.gov/current/title-45/part-164/subpart-C; PCI DSS 4.0.1 and SOC 2 by their own numbers;
 * CIS AWS Foundations Benchmark 3.0 where it has the recommendation.
 */
export const controls = (soc2: string, pci: string, gdpr: string, hipaa: string, cis = ""): Controls => ({
  soc2: split(soc2),
  pci: split(pci),
  gdpr: split(gdpr),
  hipaa: split(hipaa),
  cis: split(cis),
});

const split = (text: string): readonly string[] => text.split(/,\s*/).filter((part) => part !== "");
