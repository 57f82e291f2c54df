import { navigate } from "../location";
import { Breakdown } from "../panels/breakdown";
import { Figures } from "../panels/figures";
import { Now } from "../panels/now";
import { OverTime } from "../panels/over-time";
import type { PageProps } from "./page";

/** One project at a glance: who is here now, what happened, and where it came from. */
export function Overview({ live, question }: PageProps) {
  return (
    <div class="grid">
      <Now live={live} onOpen={(session) => navigate({ session })} />
      <Figures question={question} />
      <OverTime question={question} />
      <Breakdown question={question} title="Pages" choices={["page", "entry", "exit"]} />
      <Breakdown question={question} title="Visits from" choices={["source", "campaign", "country"]} />
      <Breakdown question={question} title="Visits by" choices={["device", "browser"]} />
      <Breakdown question={question} title="Goals" choices={["goal"]} />
      <Breakdown question={question} title="Events" choices={["event"]} />
    </div>
  );
}
