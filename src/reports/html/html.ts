// Templates whose values are escaped unless they are markup already.
import { escapeMarkup } from '../../markup.js';

export class Markup {
  constructor(readonly text: string) {}
}

type Value = string | number | Markup | null | false | readonly Value[];

/** What is put in is text, and becomes part of the page as such; null and false are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return new Markup(parts.map((part, i) => (i === 0 ? part : shown(values[i - 1]!) + part)).join(''));
}

/** Markup that we made ourselves. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

function shown(value: Value): string {
  if (value === null || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string' || typeof value === 'number') return escapeMarkup(String(value));
  return value.map(shown).join('');
}
