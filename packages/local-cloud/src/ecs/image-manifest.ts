import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { ImageEntry } from "./images.ts";

/**
 * Reads an images file: `{ "images": [{ repository, tag, folder, command }] }`, folders relative to the file.
 *
 * @throws when the file cannot be read or is no such list
 */
export function readImages(file: string): readonly ImageEntry[] {
  const { images } = JSON.parse(readFileSync(file, "utf8")) as { images?: readonly (ImageEntry & { readonly digest?: string })[] };
  if (!Array.isArray(images)) throw new Error(`${file} has no list "images"`);
  // ECR computes its own digest: one that stands in the file says what the image is made of, nothing more.
  return images.map(({ digest: _digest, ...image }) => ({ ...image, folder: resolve(dirname(file), image.folder) }));
}
