const drawings = {
  chevron: "M7 9.5l5 5 5-5",
  close: "M7 7l10 10M17 7L7 17",
  check: "M5.5 12.5l4.3 4.3 8.7-9.3",
  alert: "M12 7.5v5.5M12 16.3v.2",
} as const;

type IconName = keyof typeof drawings;

/** A small drawing in the colour of the text. Screen readers skip it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path
        d={drawings[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
