import { inputTrouble } from "@aws-deploy-actions/shared/problems";
import { oneLine } from "@aws-deploy-actions/shared/text/sanitise";
import { parse as parseToml } from "smol-toml";
import { parse as parseYaml } from "yaml";

/** Parses a samconfig file by its ending, as the SAM CLI does. @throws Trouble of kind `input` */
export function parseConfigFile(text: string, path: string): unknown {
  try {
    return /\.ya?ml$/i.test(path) ? parseYaml(text, { maxAliasCount: 100 }) : parseToml(text);
  } catch (error) {
    throw inputTrouble(`config-file: ${oneLine(path, 120)} cannot be read: ${oneLine((error as Error).message, 300)}`);
  }
}
