import { titleOf } from './titleOf.js';

/**
 * A reason of the server's with the titles of hotspots, which it speaks of by their ids: those of `others`, `self` as this one. Of what
 * is not among them the id stays.
 */
export function nameHotspots(
  reason: string,
  {
    self,
    others,
  }: { readonly self?: string; readonly others: readonly { readonly id: string; readonly title: string }[] },
): string {
  const titles = new Map(others.map((each) => [each.id, titleOf(each)]));
  return reason.replace(/\bh\d+\b/g, (id) => (id === self ? 'this one' : titles.has(id) ? `“${titles.get(id)}”` : id));
}
