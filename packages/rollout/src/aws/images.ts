import type { Aws } from "@aws-deploy-actions/shared/aws/connect";
import { causeKind } from "@aws-deploy-actions/shared/aws/errors";
import { deploymentTrouble } from "@aws-deploy-actions/shared/problems";

/** An image that was looked at. */
export interface ResolvedImage {
  /** With its digest where the registry is ECR: this, and nothing that a tag may point to later, is what runs. */
  readonly image: string;
  readonly pinned: boolean;
  /** `linux/amd64`, `linux/arm64`: of an image index; undefined where the manifest does not say. */
  readonly platforms: readonly string[] | undefined;
}

const ecrPattern =
  /^(?<account>\d{12})\.dkr\.ecr(?:-fips)?\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/(?<repository>[^:@]+)(?::(?<tag>[\w.-]+))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

const indexTypes = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];
const manifestTypes = ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];

/**
 * Resolves a tag to its digest. Images of other registries cannot be asked without their credentials and stay as they are.
 *
 * @throws Trouble when the repository or the image does not exist
 */
export async function resolveImage(aws: Aws<"ecr">, image: string): Promise<ResolvedImage> {
  const parts = ecrPattern.exec(image)?.groups;
  if (parts === undefined) return { image, pinned: image.includes("@sha256:"), platforms: undefined };
  const { account = "", region = "", repository = "", tag, digest } = parts;
  const imageIds = [digest === undefined ? { imageTag: tag ?? "latest" } : { imageDigest: digest }];
  const answer = await aws
    .inRegion(region)
    .ecr(
      (sdk) =>
        new sdk.BatchGetImageCommand({
          registryId: account,
          repositoryName: repository,
          imageIds,
          acceptedMediaTypes: [...indexTypes, ...manifestTypes],
        }),
    )
    .catch((error: unknown) => {
      if (causeKind(error) !== "missing") throw error;
      throw deploymentTrouble(
        `The repository ${repository} does not exist in account ${account}, ${region}.`,
        `aws ecr describe-repositories --region ${region}`,
      );
    });
  const found = answer.images?.[0];
  if (found?.imageId?.imageDigest === undefined) {
    const why = answer.failures?.[0]?.failureReason ?? "not found";
    throw deploymentTrouble(
      `The image ${image} does not exist: ${why}.`,
      `Push it, or see what there is: aws ecr describe-images --region ${region} --repository-name ${repository} --query 'imageDetails[].imageTags'`,
    );
  }
  const host = image.slice(0, image.indexOf("/"));
  return { image: `${host}/${repository}@${found.imageId.imageDigest}`, pinned: true, platforms: platformsOf(found.imageManifest) };
}

/** The platforms that an index lists; attestations, which claim to be for "unknown", are no platforms. */
function platformsOf(manifest: string | undefined): readonly string[] | undefined {
  try {
    const { manifests } = JSON.parse(manifest ?? "") as { manifests?: readonly { platform?: { os?: string; architecture?: string } }[] };
    const listed = manifests?.flatMap(({ platform }) =>
      platform?.architecture === undefined || platform.architecture === "unknown" ? [] : [`${platform.os}/${platform.architecture}`],
    );
    return listed === undefined || listed.length === 0 ? undefined : listed;
  } catch {
    return undefined;
  }
}
