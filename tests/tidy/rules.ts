import { webDirection } from "./components.ts";
import { cycles } from "./cycles.ts";
import { dependencyReasons, exactVersions } from "./dependencies.ts";
import { clientCommands, featureDirection, featureFiles, layerDirection, workspaceDirection } from "./layers.ts";
import { type Allowed, fileLength, functionLength } from "./length.ts";
import { bannedNames, barrels, generatedHeaders, lowerCaseNames } from "./names.ts";
import { deadFiles, unlistedMigrations } from "./reach.ts";
import type { Rule } from "./repo.ts";
import { engineWords, publishCallers, sqlPlaces, statusNumbers, validators, webFetch } from "./words.ts";

/** Every rule under the sentence that its test is called by. */
export function rules(allowed: Allowed): Record<string, Rule> {
  return {
    "files are short": fileLength(allowed),
    "functions are short": functionLength,
    "workspaces import in one direction": workspaceDirection,
    "layers import leftwards": layerDirection,
    "features import leftwards": featureDirection,
    "each file of a feature keeps to its role": featureFiles,
    "client commands speak HTTP": clientCommands,
    "shared components know no domain": webDirection,
    "no file imports itself in a circle": cycles,
    "engine names stay in src/db": engineWords,
    "SQL stays in queries.ts": sqlPlaces,
    "two files publish": publishCallers,
    "statuses stay in http": statusNumbers,
    "the web client fetches through the SDK": webFetch,
    "zod and valibot keep to their side": validators,
    "names say what is inside": bannedNames,
    "names are lower-case": lowerCaseNames,
    "no barrels": barrels,
    "generated files name their generator": generatedHeaders,
    "every migration is listed": unlistedMigrations,
    "no file is dead": deadFiles,
    "versions are exact": exactVersions,
    "every dependency has a reason": dependencyReasons,
  };
}
