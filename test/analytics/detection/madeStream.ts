// A stream of posts made for a test: everyday topics with their hours, and what else is asked for.
import type { StreamPost } from '../../../src/analytics/detection/post.js';
import { HOUR } from '../../../src/analytics/detection/tuning.js';
import { randomOf } from '../../../src/training/scenes/random.js';

export const DIMENSION = 24;
export const START = Date.parse('2026-03-02T00:00:00Z');

export interface Planted {
  readonly name: string;
  /** Hours after the start. */
  readonly from: number;
  readonly to: number;
  readonly posts: number;
  readonly words: readonly string[];
  /** What its vectors are near to, if not to its own name. */
  readonly like?: string;
}

const TOPICS = ['lunch', 'cats', 'sunset', 'running', 'traffic', 'books', 'coffee', 'garden'];

/** Posts in the order of their times: `perDay` everyday ones, and the planted ones, whose ids begin with their names. */
export function madeStream({
  seed = 1,
  days = 2.5,
  perDay = 300,
  planted = [],
  vectors = true,
}: {
  seed?: number;
  days?: number;
  perDay?: number;
  planted?: readonly Planted[];
  vectors?: boolean;
}): StreamPost[] {
  const random = randomOf('made stream', seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const directions = new Map<string, Float32Array>();
  const near = (topic: string) => {
    let direction = directions.get(topic);
    if (direction === undefined) {
      const own = randomOf('direction', topic);
      direction = Float32Array.from({ length: DIMENSION }, () => own.next() - 0.5);
      const length = Math.hypot(...direction);
      direction = direction.map((value) => value / length);
      directions.set(topic, direction);
    }
    return direction.map((value) => value + 0.14 * normal());
  };
  const { pick } = random;
  const post = (id: string, at: number, topic: string, like: string, words: readonly string[]): StreamPost => ({
    id,
    at: Math.round(at),
    author: `author ${random.below(4000)}`,
    picture: `picture of ${id}`,
    caption: `${pick(['a', 'the', 'some'])} ${topic} ${pick(words)} ${pick(words)}`,
    text: `${pick(['look', 'wow', 'today', 'again', 'hm'])} ${pick(words)} ${pick(['please', 'here', 'now', 'ok'])}`,
    vector: vectors ? near(like) : null,
  });
  const everyday = Array.from({ length: Math.round(days * perDay) }, (_, i) => {
    const topic = pick(TOPICS);
    const words = [`${topic}day`, `${topic}time`, `my ${topic}`, 'nice', 'good', 'home', 'morning'];
    return post(`p${i}`, START + random.next() * days * 24 * HOUR, topic, topic, words);
  });
  const events = planted.flatMap(({ name, from, to, posts, words, like }) =>
    Array.from({ length: posts }, (_, i) =>
      post(`${name}-${i}`, START + (from + random.next() * (to - from)) * HOUR, name, like ?? name, words),
    ),
  );
  return [...everyday, ...events].sort((a, b) => a.at - b.at);
}
