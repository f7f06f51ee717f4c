import { cloudTrouble } from "@aws-deploy-actions/shared/problems";
import type { TaskDefinition } from "@aws-sdk/client-ecs";
import type { Named } from "../model/seen.ts";
import type { Image } from "../model/world.ts";
import { distinct, look, lookAtEach, orMissing, type PostureAws } from "./ask.ts";

const notAsked = { state: "unknown", why: "the repository scans by its own setting", mend: "" } as const;

interface Place {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  readonly image: { readonly imageDigest: string } | { readonly imageTag: string };
}

/** Where an image of ECR lies; undefined for any other registry. */
export function ecrPlace(image: string): Place | undefined {
  const match =
    /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(
      image,
    );
  if (match === null) return undefined;
  const [, account = "", region = "", repository = "", tag, digest] = match;
  return { account, region, repository, image: digest === undefined ? { imageTag: tag ?? "latest" } : { imageDigest: digest } };
}

/** Images that containers run, other registries' included: what is in them cannot be told by ECR. */
export const imagesOf = (definitions: readonly TaskDefinition[]): readonly string[] =>
  distinct(definitions.flatMap(({ containerDefinitions }) => (containerDefinitions ?? []).map(({ image }) => image)));

/** Repository, registry rules and findings of every image from ECR. */
export async function observeImages(aws: PostureAws, definitions: readonly TaskDefinition[]): Promise<readonly Named<Image>[]> {
  const images = imagesOf(definitions).filter((image) => ecrPlace(image) !== undefined);
  // One registry's rules are for all its repositories, and only its own account may read them.
  const registries = new Map<string, Promise<Image["registry"]>>();
  const rulesOf = (region: string): Promise<Image["registry"]> => {
    const asked =
      registries.get(region) ??
      look(
        async () =>
          (await aws.inRegion(region).ecr((sdk) => new sdk.GetRegistryScanningConfigurationCommand({}))).scanningConfiguration ?? {},
      );
    registries.set(region, asked);
    return asked;
  };
  return await lookAtEach(images, async (name) => {
    const place = ecrPlace(name);
    if (place === undefined) throw cloudTrouble(`${name} is no image of ECR`);
    const there = aws.inRegion(place.region);
    const where = { registryId: place.account, repositoryName: place.repository };
    const { repositories } = await there.ecr(
      (sdk) => new sdk.DescribeRepositoriesCommand({ registryId: place.account, repositoryNames: [place.repository] }),
    );
    const repository = repositories?.[0];
    if (repository === undefined) throw cloudTrouble(`there is no repository ${place.repository}`);
    const findings = await look(async () => {
      const answer = await orMissing(
        there.ecr((sdk) => new sdk.DescribeImageScanFindingsCommand({ ...where, imageId: place.image, maxResults: 1 })),
        undefined,
      );
      return answer?.imageScanFindings === undefined ? undefined : (answer.imageScanFindings.findingSeverityCounts ?? {});
    });
    // The registry is asked where its rules decide: what scans by its own setting needs none.
    const registry = repository.imageScanningConfiguration?.scanOnPush === true ? notAsked : await rulesOf(place.region);
    return { repository, registry, findings };
  });
}
