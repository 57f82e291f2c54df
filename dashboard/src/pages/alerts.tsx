import { alertsApi } from "../api/alerts";
import type { Project } from "../api/projects";
import { AlertDeliveries } from "../panels/alert-deliveries";
import { AlertDestinations } from "../panels/alert-destinations";
import { AlertForm } from "../panels/alert-form";
import { AlertRules } from "../panels/alert-rules";
import { useResource } from "../resource";
import "./alerts.css";

const PACE = { atLeastMs: 1000, idleMs: 10_000 };

/** Rules, how they stand, whom they tell, and what was said. */
export function Alerts({ project }: { project: Project }) {
  const rules = useResource(`rules ${project.id}`, (abort) => alertsApi.rules(project.id, abort), PACE);
  const destinations = useResource(
    `destinations ${project.id}`,
    (abort) => alertsApi.destinations(project.id, abort),
    PACE,
  );
  const deliveries = useResource(`deliveries ${project.id}`, (abort) => alertsApi.deliveries(project.id, abort), PACE);
  const known = destinations.data?.destinations ?? [];
  function changed(): void {
    rules.retry();
    destinations.retry();
    deliveries.retry();
  }
  return (
    <div class="alerts">
      <AlertRules project={project} rules={rules} destinations={known} />
      <AlertForm project={project} destinations={known} made={changed} />
      <AlertDestinations project={project} destinations={destinations} changed={changed} />
      <AlertDeliveries deliveries={deliveries} />
    </div>
  );
}
