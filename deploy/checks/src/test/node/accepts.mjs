// What KEDA's types say to each ScaledObject of a JSON array: a line for each, "accepted NAME" or "refused NAME: WHY".
import { readFileSync } from "node:fs";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";

for (const object of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
    try {
        new ScaledObject(object).validate();
        console.log(`accepted ${object.metadata.name}`);
    } catch (refusal) {
        console.log(`refused ${object.metadata.name}: ${refusal.message}`);
    }
}
