import type { ComponentChildren } from "preact";
import { ApiError } from "../api/request";
import type { Resource } from "../resource";
import "./answer.css";

interface Props<T> {
  of: Resource<T>;
  /** Shown until the first answer. */
  skeleton: ComponentChildren;
  /** Says why there is nothing to show, or null. */
  nothing?: (data: T) => ComponentChildren | null;
  children: (data: T) => ComponentChildren;
}

/** What one resource has to show: a skeleton, trouble with a way to retry, nothing and why, or its data. */
export function Answer<T>({ of: resource, skeleton, nothing, children }: Props<T>) {
  const { data, error, retry } = resource;
  if (data === null) return error ? <Trouble error={error} retry={retry} /> : <Loading>{skeleton}</Loading>;
  const reason = nothing?.(data);
  // While the server cannot be reached at all, the header says so once, and every panel asks again when it is back.
  const isOffline = error instanceof ApiError && error.status === 0;
  return (
    <>
      {error && !isOffline && (
        <p class="out-of-date" role="status">
          Not up to date: {error.message}
          <button type="button" onClick={retry}>
            Retry
          </button>
        </p>
      )}
      {reason ? <div class="nothing">{reason}</div> : children(data)}
    </>
  );
}

export function Trouble({ error, retry }: { error: Error; retry: () => void }) {
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>This could not be loaded.</strong> {error.message}
      </p>
      <button type="button" class="button" onClick={retry}>
        Retry
      </button>
    </div>
  );
}

function Loading({ children }: { children: ComponentChildren }) {
  return (
    <div>
      <span class="sr-only">Loading…</span>
      <div aria-hidden="true">{children}</div>
    </div>
  );
}

/** Grey bars in the shape of what will come. */
export function Skeleton({ rows = 1, height }: { rows?: number; height: number }) {
  return (
    <>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} class="skeleton" style={{ height: `${height}px` }} />
      ))}
    </>
  );
}
