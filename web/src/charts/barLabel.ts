const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
const hour = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

/** `3 Mar, 14:00 to 15:00`, in the viewer's zone. */
export function barLabel({ from, to }: { readonly from: string; readonly to: string }): string {
  const long = Date.parse(to) - Date.parse(from) >= 86_400_000;
  return `${day.format(new Date(from))} to ${(long ? day : hour).format(new Date(to))}`;
}
