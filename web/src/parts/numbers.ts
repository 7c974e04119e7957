// Numbers as the viewer's language writes them.
const whole = new Intl.NumberFormat();
const short = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, { style: 'percent' });

export const count = (value: number): string => whole.format(value);
export const decimal = (value: number): string => short.format(value);
export const share = (value: number): string => percent.format(value);
/** `1 post`, `2 posts`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;
