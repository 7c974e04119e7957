// What is remembered in memory of bounded size.

/** Entries that are kept at most: those of pictures take some 300 bytes each. */
export const MOST_REMEMBERED = 20_000;

/** Sets the entry; where there would be more than MOST_REMEMBERED, the one that was set first is forgotten. */
export function remember<K, V>(memory: Map<K, V>, key: K, value: V): void {
  memory.delete(key);
  memory.set(key, value);
  if (memory.size > MOST_REMEMBERED) memory.delete(memory.keys().next().value!);
}
