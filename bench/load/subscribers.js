// Subscribers that read, and note how late each event is.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const CAPTIONS = 'subscription { captionCompleted { image { sha256 } caption { completedAt } } }';
const HOTSPOTS = 'subscription { hotspotChanged { id at } }';

/** Half of them for captions, half for hotspots. `lateness` (ms): from the start of the transaction that stored a caption until it is here. */
export function subscribe(urls, count) {
  const lateness = [];
  const errors = [];
  const received = [];
  const clients = Array.from({ length: count }, (_, i) => {
    const url = `${urls[i % urls.length].replace('http', 'ws')}/graphql`;
    const client = createClient({ url, webSocketImpl: WebSocket, lazy: false, retryAttempts: 0 });
    const captions = i % 2 === 0;
    const place = captions ? received.push(0) - 1 : undefined;
    client.subscribe(
      { query: captions ? CAPTIONS : HOTSPOTS },
      {
        next({ data, errors: wrong }) {
          if (wrong) errors.push(JSON.stringify(wrong));
          if (!data?.captionCompleted) return;
          received[place] += 1;
          lateness.push(Date.now() - Date.parse(data.captionCompleted.caption.completedAt));
        },
        error: (error) => errors.push(String(error.reason ?? error.message ?? error)),
        complete: () => undefined,
      },
    );
    return client;
  });
  return {
    lateness,
    errors,
    /** Captions that each subscriber to captions was told of. */
    received,
    close: () => Promise.all(clients.map((client) => client.dispose())),
  };
}
