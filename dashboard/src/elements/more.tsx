interface Props {
  isWhole: boolean;
  /** What there is to see beside what is shown. */
  more?: string;
  onChange: (isWhole: boolean) => void;
}

/** Below a list that shows its first rows, or all of them. */
export function More({ isWhole, more = "Show more", onChange }: Props) {
  return (
    <button type="button" class="more" onClick={() => onChange(!isWhole)}>
      {isWhole ? "Show fewer" : more}
    </button>
  );
}
