// The page of a picture has its address in its own: it is fetched while it is asked what is said of it.
const PAGE = /^\/pictures\/([0-9a-f]{64})$/;

export function fetchPictureOf(pathname: string): void {
  const sha256 = PAGE.exec(pathname)?.[1];
  if (sha256 === undefined) return;
  const link = Object.assign(document.createElement('link'), { rel: 'preload', as: 'image', fetchPriority: 'high' });
  link.href = `/media/${sha256}`;
  document.head.append(link);
}
