// A sentence of the server's; the moments in it in the viewer's zone.
import { Time } from './Time.js';

const MOMENT = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)/;

export function Words({ children }: { children: string }) {
  // Every second part is a moment.
  return children.split(MOMENT).map((part, i) => (i % 2 === 1 ? <Time key={part} at={part} /> : part));
}
