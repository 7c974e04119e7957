// Numbers as the viewer's language writes them.
const whole = new Intl.NumberFormat();
// Not "-0".
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1, signDisplay: 'negative' });
const percent = new Intl.NumberFormat(undefined, { style: 'percent' });

export const count = (value: number): string => whole.format(value);
export const decimal = (value: number): string => short.format(value);
export const share = (value: number): string => percent.format(value);
/** `1 post`, `2 posts`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `3.2 MB`. */
export function bytes(value: number): string {
  const step = value < 1000 ? 0 : Math.min(SIZES.length - 1, Math.floor(Math.log10(value) / 3));
  return `${decimal(value / 1000 ** step)} ${SIZES[step]}`;
}
