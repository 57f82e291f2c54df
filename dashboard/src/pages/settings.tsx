import type { ComponentType } from "preact";
import { Goals, Properties } from "../panels/settings/goals";
import { Holdout } from "../panels/settings/holdout";
import { Install } from "../panels/settings/install";
import { Keys } from "../panels/settings/keys";
import { OwnTraffic } from "../panels/settings/own-traffic";
import { Projects } from "../panels/settings/projects";
import { TrackingPlan } from "../panels/settings/tracking-plan";
import { Accounts } from "./accounts";
import type { OwnerPageProps } from "./owner-page";
import "./owner.css";

/** The panels of the page, in their order. */
export const SETTINGS: ComponentType<OwnerPageProps>[] = [
  Install,
  Keys,
  Goals,
  Properties,
  TrackingPlan,
  OwnTraffic,
  Holdout,
  Projects,
  Accounts,
];

/** How a project is measured: installed, keyed, ruled. */
export function Settings(props: OwnerPageProps) {
  return (
    <div class="owner-page">
      {SETTINGS.map((Part) => (
        <Part key={Part.name} {...props} />
      ))}
    </div>
  );
}
