const formats = {
  shortDay: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" }),
  longDay: new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }),
  time: new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }),
};

/** Shows a day, or a day and its time. Shows nothing if `iso` is no time. */
export function Timestamp({ iso, format }: { iso: string; format: keyof typeof formats }) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return null;
  return <time dateTime={iso}>{formats[format].format(date)}</time>;
}
