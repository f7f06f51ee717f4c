import { createHash } from "node:crypto";
import { type Internal, InternalError } from "../aws-internal.ts";
import { isRecord, type Params } from "../proxy/params.ts";
import { StartFailure } from "./driver.ts";

/** An image, as far as a local process needs it. */
export interface ImageEntry {
  /** The ECR repository's name, or the full name of an image elsewhere (`public.ecr.aws/…/envoy`). */
  readonly repository: string;
  readonly tag: string;
  /** The process's working directory. */
  readonly folder: string;
  /** What runs when the container definition has no command of its own; `node` is this project's Node. */
  readonly command: readonly string[];
  /** Stands before the command, whoever gave that. */
  readonly entryPoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: X86_64. */
  readonly architecture?: "X86_64" | "ARM64";
}

/** A pushed image. */
export interface PushedImage extends ImageEntry {
  /** ECR's digest. */
  readonly digest: string;
  /** `registry/repository`. */
  readonly uri: string;
}

export interface Images {
  /** Puts an image into ECR (the repository is made when it is missing): what a `docker push` does. */
  push(entry: ImageEntry): Promise<PushedImage>;
  /**
   * What a task definition's `image` stands for now.
   *
   * @throws StartFailure (CannotPullContainerError) where ECR has no such image, or nobody said what it runs
   */
  pull(image: string): Promise<PushedImage>;
}

export function createImages(internal: Internal, accountId: string, region: string): Images {
  const registry = `${accountId}.dkr.ecr.${region}.amazonaws.com`;
  const known: PushedImage[] = [];
  const ecr = (operation: string, params: Params) => internal.json("ecr", `AmazonEC2ContainerRegistry_V20150921.${operation}`, params);

  async function push(entry: ImageEntry): Promise<PushedImage> {
    if (entry.repository.includes(".") && entry.repository.includes("/")) {
      const elsewhere = { ...entry, uri: entry.repository, digest: sha256(JSON.stringify(entry)) };
      known.push(elsewhere);
      return elsewhere;
    }
    await ecr("CreateRepository", { repositoryName: entry.repository }).catch((error: unknown) => {
      if (!(error instanceof InternalError) || error.code !== "RepositoryAlreadyExistsException") throw error;
    });
    const imageManifest = JSON.stringify(manifestOf(entry));
    const answer = await ecr("PutImage", { repositoryName: entry.repository, imageManifest, imageTag: entry.tag }).catch(
      (error: unknown) => {
        // The very same image under the very same tag is there already.
        if (error instanceof InternalError && error.code === "ImageAlreadyExistsException") return undefined;
        throw error;
      },
    );
    const digest = digestOf(answer) ?? (await digestByTag(entry.repository, entry.tag));
    const pushed = { ...entry, digest, uri: `${registry}/${entry.repository}` };
    known.push(pushed);
    return pushed;
  }

  async function digestByTag(repositoryName: string, imageTag: string): Promise<string> {
    const { images } = await ecr("BatchGetImage", { repositoryName, imageIds: [{ imageTag }] });
    const found = Array.isArray(images) ? digestOf({ image: images[0] }) : undefined;
    if (found === undefined) throw new InternalError("ImageNotFoundException", `${repositoryName}:${imageTag}: not found`);
    return found;
  }

  async function pull(image: string): Promise<PushedImage> {
    const { name, tag, digest } = parts(image);
    const found = name.startsWith(`${registry}/`)
      ? await fromEcr(name.slice(registry.length + 1), tag, digest).catch(() => undefined)
      : known.findLast((one) => one.uri === name && (digest === undefined ? one.tag === tag : one.digest === digest));
    if (found !== undefined) return found;
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html
    throw new StartFailure(
      `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
    );
  }

  async function fromEcr(repository: string, tag: string, digest: string | undefined): Promise<PushedImage | undefined> {
    const wanted = digest ?? (await digestByTag(repository, tag));
    return known.findLast((one) => one.digest === wanted && one.uri === `${registry}/${repository}`);
  }

  return { push, pull };
}

/** `name`, `tag` and `digest` of an image's reference; a colon before the last slash is a port. */
function parts(image: string): { readonly name: string; readonly tag: string; readonly digest: string | undefined } {
  const [reference = "", digest] = image.split("@");
  const colon = reference.indexOf(":", reference.lastIndexOf("/") + 1);
  return { name: colon < 0 ? reference : reference.slice(0, colon), tag: colon < 0 ? "latest" : reference.slice(colon + 1), digest };
}

function digestOf(answer: Params | undefined): string | undefined {
  const image = answer?.["image"];
  const id = isRecord(image) ? image["imageId"] : undefined;
  return isRecord(id) && typeof id["imageDigest"] === "string" ? id["imageDigest"] : undefined;
}

const sha256 = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** What makes the image this one and no other is its only layer: https://github.com/opencontainers/image-spec/blob/main/manifest.md */
function manifestOf(entry: ImageEntry): Params {
  // The same image has the same digest in every repository that it is pushed to.
  const { tag: _tag, repository: _repository, ...content } = entry;
  const layer = JSON.stringify(content);
  return {
    schemaVersion: 2,
    mediaType: "application/vnd.docker.distribution.manifest.v2+json",
    config: { mediaType: "application/vnd.docker.container.image.v1+json", size: layer.length, digest: sha256(`config ${layer}`) },
    layers: [{ mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip", size: layer.length, digest: sha256(layer) }],
  };
}
