import { join } from "node:path";
import { readImages } from "../ecs/image-manifest.ts";
import type { ImageEntry } from "../ecs/images.ts";
import type { LocalCloud } from "../start.ts";
import type { ContainerOption } from "./options.ts";

const manifest = join(import.meta.dirname, "..", "..", "..", "..", "examples", "containers-app", "images.json");

/** The images of examples/containers-app. */
export const exampleImages = (): readonly ImageEntry[] => readImages(manifest);

/** Front end and back end of the example application in one task, both from the image of that tag. */
export function exampleContainers(cloud: Pick<LocalCloud, "accountId" | "region" | "timeFactor">, tag: string): readonly ContainerOption[] {
  const image = `${cloud.accountId}.dkr.ecr.${cloud.region}.amazonaws.com/containers-app:${tag}`;
  const clock = cloud.timeFactor === 1 ? {} : { TIME_FACTOR: String(cloud.timeFactor) };
  const secrets = { SESSION_SECRET: "secret:SESSION_SECRET" };
  return [
    { name: "frontend", image, port: 8080, healthCheckPath: "/api/health", environment: { APP_ROLE: "frontend", ...clock }, secrets },
    {
      name: "backend",
      image,
      port: 8081,
      healthCheckPath: "/health",
      environment: { APP_ROLE: "backend", ...clock },
      secrets,
      paths: ["/health", "/backend/*"],
    },
  ];
}
