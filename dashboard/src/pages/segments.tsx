import { useState } from "preact/hooks";
import { api } from "../api";
import { type SavedSegment, segmentsApi } from "../api/segments";
import { filterBy } from "../location";
import { SegmentForm } from "../panels/segment-form";
import { SegmentsFound } from "../panels/segments-found";
import { SegmentsSaved } from "../panels/segments-saved";
import { useResource } from "../resource";
import { draftOf, EMPTY, filtersOf } from "../segment-draft";
import type { PageProps } from "./page";
import "./segments.css";

/** Visitors by what they did: segments that somebody has saved, and those that were found. */
export function SegmentsPage({ project, live, question }: PageProps) {
  const saved = useResource(`saved ${project.id}`, (abort) => segmentsApi.saved(project.id, abort), {
    atLeastMs: 1000,
    idleMs: 60_000,
  });
  const session = useResource("session of segments", api.session, { atLeastMs: 60_000 });
  const role = session.data?.account?.role ?? "viewer";
  const mayChange = role !== "viewer";
  const [draft, setDraft] = useState(EMPTY);
  function edit(segment: SavedSegment): void {
    setDraft(draftOf(segment));
    filterBy(filtersOf(segment));
  }
  return (
    <div class="grid segments">
      {mayChange && <SegmentForm question={question} draft={draft} change={setDraft} saved={saved.retry} />}
      <SegmentsSaved
        project={project}
        segments={saved}
        mayChange={mayChange}
        edited={draft.segment}
        edit={edit}
        removed={(segment) => {
          if (segment === draft.segment) setDraft(EMPTY);
          saved.retry();
        }}
      />
      <SegmentsFound project={project} live={live} />
    </div>
  );
}
