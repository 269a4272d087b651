const formats = {
  moment: new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }),
  day: new Intl.DateTimeFormat("en-GB", { dateStyle: "long" }),
};

/** A day in full, or with the time of day. */
export function Moment({ iso, as = "moment" }: { iso: string; as?: keyof typeof formats }) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return null;
  return <time dateTime={iso}>{formats[as].format(date)}</time>;
}
