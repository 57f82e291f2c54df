import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { useAction } from "../action";
import type { Project } from "../api/projects";
import { membersUrl, type SavedSegment, segmentsApi } from "../api/segments";
import { SizeTrend } from "../charts/size-trend";
import { Answer, Skeleton } from "../elements/answer";
import { Said } from "../elements/form";
import { Panel } from "../elements/panel";
import { dateOf } from "../format";
import { filterBy } from "../location";
import { type Resource, useResource } from "../resource";
import { filtersInWords, filtersOf, withinDays } from "../segment-draft";
import "./segments-saved.css";

const SIZE_MS = 60_000;

interface Props {
  project: Project;
  segments: Resource<{ rules: SavedSegment[] }>;
  /** And take members out: analysts and owners. */
  mayChange: boolean;
  /** The id of the one that is being changed. */
  edited: string | null;
  edit: (segment: SavedSegment) => void;
  removed: (segment: string) => void;
}

/** Every segment that was saved: in words, how large it is and was, and what can be done with it. */
export function SegmentsSaved({ project, segments, mayChange, edited, edit, removed }: Props) {
  return (
    <Panel title="Saved segments" note="visitors by day (UTC), for 30 days" class="segments-saved">
      <Answer
        of={segments}
        skeleton={<Skeleton rows={2} height={72} />}
        nothing={({ rules }) => rules.length === 0 && "No segment has been saved yet."}
      >
        {({ rules }) => (
          <ul>
            {rules.map((segment) => (
              <Line
                key={segment.segment}
                project={project}
                segment={segment}
                mayChange={mayChange}
                isEdited={segment.segment === edited}
                edit={() => edit(segment)}
                removed={() => removed(segment.segment)}
              />
            ))}
          </ul>
        )}
      </Answer>
    </Panel>
  );
}

interface LineProps {
  project: Project;
  segment: SavedSegment;
  mayChange: boolean;
  isEdited: boolean;
  edit: () => void;
  removed: () => void;
}

function Line({ project, segment, mayChange, isEdited, edit, removed }: LineProps) {
  const isAsking = useSignal(false);
  const action = useAction();
  const { name, filters, days } = segment;
  const size = useResource(
    `size ${project.id} ${segment.segment} ${days} ${filters.join(" ")}`,
    (abort) => segmentsApi.size(project.id, segment.segment, abort),
    { atLeastMs: SIZE_MS, idleMs: SIZE_MS },
  );
  return (
    <li class={`segment-line ${isEdited ? "edited" : ""}`}>
      <div class="segment-what">
        <strong>{name}</strong>
        <p>
          A session with {filtersInWords(filters)}, {withinDays(days)}.
        </p>
        <small>{madeInWords(segment)}</small>
      </div>
      <div class="segment-size">
        <Answer of={size} skeleton={<Skeleton height={36} />}>
          {(told) => <SizeTrend size={told} />}
        </Answer>
      </div>
      <div class="segment-deeds">
        <button
          type="button"
          class="button"
          aria-label={`Filter by ${name}`}
          title="Puts its filters above this page and all others"
          onClick={() => filterBy(filtersOf(segment))}
        >
          Use its filters
        </button>
        {mayChange && (
          <>
            <button type="button" class="button" aria-label={`Edit ${name}`} onClick={edit}>
              Edit
            </button>
            {(["csv", "ndjson"] as const).map((format) => (
              <a
                key={format}
                class="button"
                href={membersUrl(project.id, segment.segment, format)}
                download
                aria-label={`Export ${name} as ${format.toUpperCase()}`}
                title="Its members, 100,000 at most"
              >
                {format.toUpperCase()}
              </a>
            ))}
            <button
              type="button"
              class="button"
              aria-label={`Delete ${name}`}
              disabled={action.busy}
              onClick={() => {
                isAsking.value = true;
              }}
            >
              Delete
            </button>
          </>
        )}
        {action.error && <Said error={action.error} />}
      </div>
      {isAsking.value && (
        <Confirm
          name={name}
          onClose={() => {
            isAsking.value = false;
          }}
          onYes={() => {
            isAsking.value = false;
            action.run(() => segmentsApi.remove(project.id, segment.segment).then(removed));
          }}
        />
      )}
    </li>
  );
}

function madeInWords({ made_at, made_by, changed_at, changed_by }: SavedSegment): string {
  const made = `saved ${dateOf(made_at)}${made_by ? ` by ${made_by}` : ""}`;
  if (changed_at === null) return made;
  return `${made}, changed ${dateOf(changed_at)}${changed_by ? ` by ${changed_by}` : ""}`;
}

function Confirm({ name, onClose, onYes }: { name: string; onClose: () => void; onYes: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="ask-first" aria-labelledby="ask-first-heading" onClose={onClose}>
      <h2 id="ask-first-heading">Delete “{name}”?</h2>
      <p>The segment goes for everybody who opens the project. Visitors and their sessions stay.</p>
      <div class="form-line">
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" class="button danger" onClick={onYes}>
          Delete
        </button>
      </div>
    </dialog>
  );
}
