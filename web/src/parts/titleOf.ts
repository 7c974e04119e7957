/** What a hotspot is called; one that was gone before its words were looked at goes by its id. */
export function titleOf({ id, title }: { readonly id: string; readonly title: string }): string {
  return title === '' ? id : title;
}
