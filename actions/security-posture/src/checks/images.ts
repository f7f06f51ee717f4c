import { covers } from "@aws-deploy-actions/shared/secrets/policy/conditions";
import type { RegistryScanningConfiguration, Repository } from "@aws-sdk/client-ecr";
import type { Check, Judgement } from "../model/check.ts";
import type { Seen } from "../model/seen.ts";
import { controls } from "./controls.ts";
import { every, fine, join, nothing, on, onEach, remark } from "./judging.ts";

export const imageScanning: Check = {
  id: "image-scanning",
  title: "Images are scanned, and the deployed ones have no critical finding",
  profiles: ["container"],
  severity: "high",
  needs: ["taskDefinitions", "images"],
  controls: controls("CC7.1, CC6.8", "6.3.1, 11.3.1", "32", "164.308(a)(5)(ii)(B)"),
  prowler: [
    "ecr_repositories_scan_images_on_push_enabled",
    "ecr_registry_scan_images_on_push_enabled",
    "ecr_repositories_scan_vulnerabilities_in_latest_image",
  ],
  judge: ({ taskDefinitions, images }) =>
    join([
      onEach("images", images, ({ repository, registry, findings }, image) =>
        join([scanned(repository, registry), on(image, findings, (counts) => contents(image, counts, repository))]),
      ),
      every("task definitions", taskDefinitions, ({ containerDefinitions }) =>
        join((containerDefinitions ?? []).map(({ image = "" }) => elsewhere(image))),
      ),
    ]),
};

const ecr = /^\d{12}\.dkr[.-]ecr(-fips)?\./;

const elsewhere = (image: string): Judgement =>
  image === "" || ecr.test(image)
    ? nothing
    : remark(
        "warning",
        image,
        "an image from ECR",
        "another registry's image, which ECR does not scan",
        "Mirror it: aws ecr create-pull-through-cache-rule, or scan it with security-scan (input image).",
      );

/** Scanned by the repository's own setting, or by a rule of the registry whose filter fits the repository's name. */
function scanned(
  { repositoryName = "?", imageScanningConfiguration }: Repository,
  registry: Seen<RegistryScanningConfiguration>,
): Judgement {
  if (imageScanningConfiguration?.scanOnPush === true) return fine(repositoryName);
  return on(repositoryName, registry, ({ rules = [] }) => {
    const fits = rules.some(
      ({ scanFrequency, repositoryFilters }) =>
        scanFrequency !== "MANUAL" && (repositoryFilters ?? []).some(({ filter = "" }) => matches(filter, repositoryName)),
    );
    return fits
      ? fine(repositoryName)
      : remark(
          "failed",
          repositoryName,
          "scanned on push or continuously",
          "no scan is set up",
          `aws ecr put-image-scanning-configuration --repository-name ${repositoryName} --image-scanning-configuration scanOnPush=true`,
        );
  });
}

/** A filter without a star fits every name that holds it: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html */
const matches = (filter: string, name: string): boolean => covers(filter.includes("*") ? filter : `*${filter}*`, name);

function contents(image: string, counts: Readonly<Record<string, number>> | undefined, { repositoryName = "?" }: Repository): Judgement {
  const digest = /@(sha256:[0-9a-f]+)$/.exec(image)?.[1];
  const id = digest === undefined ? `imageTag=${/:([^/:@]+)$/.exec(image)?.[1] ?? "latest"}` : `imageDigest=${digest}`;
  const show = `aws ecr describe-image-scan-findings --repository-name ${repositoryName} --image-id ${id}`;
  if (counts === undefined)
    return remark(
      "warning",
      image,
      "a scan of the deployed image",
      "it was never scanned",
      `aws ecr start-image-scan --repository-name ${repositoryName} --image-id ${id}`,
    );
  const [critical, high] = [counts["CRITICAL"] ?? 0, counts["HIGH"] ?? 0];
  if (critical > 0)
    return remark(
      "failed",
      image,
      "no critical finding",
      `${critical} critical, ${high} high`,
      `Build with patched packages and deploy; what was found: ${show}`,
    );
  return high > 0 ? remark("warning", image, "no high finding", `${high} high`, show) : fine(image);
}
