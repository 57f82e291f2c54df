import { owner } from "../api/owner";
import { Flow } from "../panels/pipeline/flow";
import { KeepingUp } from "../panels/pipeline/keeping-up";
import { RejectedEvents } from "../panels/pipeline/rejected-events";
import { Throughput } from "../panels/pipeline/throughput";
import { Trace } from "../panels/pipeline/trace";
import { UnreadablePanel } from "../panels/pipeline/unreadable";
import { useResource } from "../resource";
import type { OwnerPageProps } from "./owner-page";
import "./owner.css";

const PIPELINE_MS = 5000;

/** Whether events come through, and where each of them is. */
export function Pipeline({ project, live }: OwnerPageProps) {
  const health = useResource(project.id, (abort) => owner.pipeline(project.id, abort), {
    beat: live.beat,
    atLeastMs: PIPELINE_MS,
    idleMs: 2 * PIPELINE_MS,
  });
  return (
    <div class="owner-page">
      <Flow project={project} live={live} />
      <Throughput health={health} />
      <KeepingUp health={health} />
      <RejectedEvents project={project} canReplay={health.data?.replay ?? true} />
      <Trace project={project} />
      <UnreadablePanel health={health} />
    </div>
  );
}
