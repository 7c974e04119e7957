// The hotspot whose pages are shown: the most unusual at its height.

/** Its id, and `images` with one picture at most; undefined where a Hotlens at `url` knows none. */
export async function topHotspot(url) {
  const query =
    '{ hotspots(first: 1, state: [LIVING, ENDED], orderBy: PEAK) { nodes { id images(first: 1) { sha256 } } } }';
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return (await response.json()).data.hotspots.nodes[0];
}
