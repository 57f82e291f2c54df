import type { Session } from "../api/sessions";
import { ScoreBar } from "../charts/score-bar";
import { Badge, OriginBadge } from "../elements/badge";
import { ago, count, engaged, plural } from "../format";

interface Props {
  session: Session;
  isActive: boolean;
  now: number;
  onOpen: (session: string) => void;
}

/** One session. The whole row opens it for the pointer, the visitor's name for the keyboard. */
export function SessionRow({ session, isActive, now, onOpen }: Props) {
  const open = () => onOpen(session.session);
  return (
    <tr class="entering" onClick={open}>
      <td>
        <span class="who">
          <span class={`presence ${isActive ? "active" : ""}`} title={isActive ? "active now" : "gone"} />
          <button type="button" class="mono" aria-label={`Open the session of visitor ${session.visitor}`}>
            {session.visitor}
          </button>
          <OriginBadge simulated={session.simulated} />
        </span>
        <span class="brief clip">{brief(session)}</span>
      </td>
      <td class="middle clip" title={session.page ?? ""}>
        {session.page ?? "–"}
      </td>
      <td class="middle right number">{count(session.events)}</td>
      <td class="middle right number dim">{engaged(session.engaged_ms)}</td>
      <td class="wide dim clip">{session.source || "direct"}</td>
      <td class="wide dim clip">{[session.device, session.browser].filter(Boolean).join(" · ") || "–"}</td>
      <td class="middle dim number clip">{ago(session.last_at, now)}</td>
      <td>
        <span class="chance">
          {session.converted && <Badge kind="converted">Converted</Badge>}
          <ScoreBar score={session.scores.conversion} />
        </span>
      </td>
    </tr>
  );
}

function brief(session: Session): string {
  return [session.page, plural(session.events, "event"), session.source || "direct"].filter(Boolean).join(" · ");
}
