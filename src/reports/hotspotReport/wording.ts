// Numbers as reports write them.

const whole = new Intl.NumberFormat('en-GB');

export function number(value: number): string {
  return whole.format(value);
}

/** "1 post", "1,204 posts" */
export function count(value: number, of: string): string {
  return `${number(value)} ${of}${value === 1 ? '' : 's'}`;
}

/** "98 %"; what is not all is never told as all, nor what is not nothing as nothing. */
export function percent(share: number): string {
  const rounded = Math.round(100 * share);
  if (share < 1 && rounded === 100) return 'over 99 %';
  if (share > 0 && rounded === 0) return 'under 1 %';
  return `${rounded} %`;
}

/** "+12", "−3", "±0" */
export function signed(value: number, digits = 0): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return `±${text}`;
  return `${value > 0 ? '+' : '−'}${digits === 0 ? number(Math.abs(value)) : text}`;
}

/** "62 posts, 12 before (+50)" */
export function changed(now: number, before: number, of: string): string {
  return `${count(now, of)}, ${number(before)} before (${signed(now - before)})`;
}

/** "0.31 (0.22 to 0.40)" */
export function opinionInWords(
  opinion: { readonly score: number | null; readonly low: number | null; readonly high: number | null } | null,
): string {
  if (opinion === null || opinion.score === null) return 'unknown';
  const { score, low, high } = opinion;
  const range = low === null || high === null ? '' : ` (${tenths(low)} to ${tenths(high)})`;
  return `${tenths(score)}${range}`;
}

function tenths(value: number): string {
  return value.toFixed(2).replace('-', '−');
}
