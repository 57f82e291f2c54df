import { parseCondition } from "../event-properties";
import { asked } from "../location";
import { EventNames } from "../panels/events/names";
import { EventOverTime } from "../panels/events/over-time";
import { EventProperties } from "../panels/events/properties";
import { PropertyValues } from "../panels/events/values";
import type { PageProps } from "./page";
import "../panels/over-time.css";
import "./events.css";

/** Which events there were; and of one that is chosen, how it went, and what it says of itself. */
export function EventsPage({ question }: PageProps) {
  const event = asked("event")[0] ?? null;
  const property = asked("property")[0] ?? null;
  // One that cannot be read is left out, as filters are.
  const where = asked("where").filter((each) => parseCondition(each) !== null);
  return (
    <div class="grid events">
      <EventNames question={question} chosen={event} />
      {event !== null && (
        <>
          <EventOverTime question={question} event={event} />
          <EventProperties question={question} event={event} where={where} chosen={property} />
          <PropertyValues question={question} event={event} where={where} property={property} />
        </>
      )}
    </div>
  );
}
