// What this browser keeps for its user, where it may: a private window or a full disk must not break a page.
export function remembered<T>(name: string): { get(): T | undefined; set(value: T): void } {
  const key = `hotlens.${name}`;
  return {
    get() {
      try {
        const text = localStorage.getItem(key);
        return text === null ? undefined : (JSON.parse(text) as T);
      } catch {
        return undefined;
      }
    },
    set(value) {
      try {
        localStorage.setItem(key, JSON.stringify(value));
      } catch {
        // Then it is forgotten with the page.
      }
    },
  };
}
