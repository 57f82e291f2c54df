import type { Numbers } from "../../api/events";
import { bucketInWords, numberInWords } from "../../event-properties";
import { count } from "../../format";
import "./histogram.css";

/** How numbers spread, with what they come to. */
export function Histogram({ numbers, property }: { numbers: Numbers; property: string }) {
  const { buckets, whole } = numbers;
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  // As many labels as stand beside each other on a phone.
  const every = Math.ceil(buckets.length / 6);
  return (
    <>
      <dl class="number-figures">
        {(["median", "mean", "min", "max", "sum"] as const).map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class="number">{numberInWords(numbers[name])}</dd>
          </div>
        ))}
      </dl>
      <ol class="histogram" aria-label={`How ${property} spreads`}>
        {buckets.map((bucket, place) => {
          const words = bucketInWords(bucket, whole);
          return (
            <li key={words} title={`${words}: ${count(bucket.count)} events`}>
              <span class="column" aria-hidden="true">
                <i
                  class={bucket.from === null || bucket.to === null ? "open" : ""}
                  style={{ height: `${(100 * bucket.count) / most}%` }}
                />
              </span>
              <span class="edge number" aria-hidden="true">
                {place % every === 0 && (bucket.from === null ? "<" : numberInWords(bucket.from))}
              </span>
              <span class="sr-only">
                {words}: {count(bucket.count)} events
              </span>
            </li>
          );
        })}
      </ol>
    </>
  );
}
