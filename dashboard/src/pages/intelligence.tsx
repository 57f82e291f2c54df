import { AnomaliesPanel } from "../panels/anomalies";
import { FeedbackPanel } from "../panels/feedback";
import { InsightsPanel } from "../panels/insights";
import { ModelPanel } from "../panels/model";
import { ReturnsPanel } from "../panels/returns";
import { ShownItemsPanel } from "../panels/shown-items";
import type { PageProps } from "./page";

/** What workers have found out by themselves, and how far that can be trusted. */
export function Intelligence({ project, live, question }: PageProps) {
  return (
    <div class="grid">
      <InsightsPanel project={project} live={live} />
      <AnomaliesPanel question={question} />
      <ModelPanel project={project} live={live} />
      <ReturnsPanel project={project} live={live} />
      <FeedbackPanel question={question} />
      <ShownItemsPanel question={question} />
    </div>
  );
}
