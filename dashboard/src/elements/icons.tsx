/** The few pictures of the page; all of them decoration beside words or labels. */

export function Mark() {
  return (
    <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#12261f" />
      <path
        d="M8 17l6 6 11-14"
        fill="none"
        stroke="#6fe0bf"
        stroke-width="2.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
      <circle cx="8" cy="17" r="3" fill="#6fe0bf" />
      <circle cx="14" cy="23" r="3" fill="#6fe0bf" />
      <circle cx="25" cy="9" r="3.5" fill="#f2c14e" />
    </svg>
  );
}

const PATHS = {
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.5 3.5L13 4.5",
  copy: "M5.5 5.5V3.5h7v7h-2M3.5 5.5h7v7h-7z",
  up: "M8 12.5v-9M4 7.5l4-4 4 4",
  down: "M8 3.5v9M4 8.5l4 4 4-4",
  sun: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7",
  moon: "M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z",
  auto: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 2v12M8 5h4.5M8 8h6M8 11h4.5",
  overview: "M2.5 13.5v-4M6.2 13.5v-8M9.8 13.5v-6M13.5 13.5v-11",
  live: "M8 6.5a1.5 1.5 0 1 0 0 3 1.5 1.5 0 0 0 0-3M4.5 4.5a5 5 0 0 0 0 7M11.5 4.5a5 5 0 0 1 0 7",
  intelligence: "M8 1.5l1.6 4.9 4.9 1.6-4.9 1.6L8 14.5l-1.6-4.9L1.5 8l4.9-1.6z",
  behaviour: "M4 2.5l8 6-4 .8 2 4-1.8.9-2-4L3.5 13z",
  events: "M2.5 4h2M7 4h6.5M2.5 8h2M7 8h6.5M2.5 12h2M7 12h4",
  funnels: "M2 3h12l-4.5 5.5v4l-3 1.5v-5.5z",
  retention: "M13.5 8a5.5 5.5 0 1 1-1.8-4.1M13.5 2v3h-3",
  paths: "M3 8h3c2 0 2-4 4-4h3M6 8c2 0 2 4 4 4h3",
  segments: "M8 2v6l4.5 4M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2",
  privacy: "M8 1.8l5 2v4c0 3-2 5.3-5 6.4-3-1.1-5-3.4-5-6.4v-4z",
  pipeline: "M1.5 8h4l2-4 2 8 2-4h3",
  alerts: "M4 11.5V7a4 4 0 0 1 8 0v4.5l1 1H3zM6.8 14h2.4",
  settings:
    "M8 5.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M3.4 12.6l1.4-1.4M11.2 4.8l1.4-1.4",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width="1.5"
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
