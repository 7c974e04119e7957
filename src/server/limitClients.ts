// How much one client may hold open at a time. A client is an address: whoever comes through a proxy shares its.
import type { Duplex } from 'node:stream';

export interface ClientLimits {
  /** Takes a connection in until its socket closes; undefined: the client has as many as it may. */
  connect(address: string, socket: Duplex): Connection | undefined;
}

export interface Connection {
  /** How many operations run over it; asked whenever one of the client's connections wants another. */
  running: () => number;
  /** Whether the client runs no more than it may, what it asks for now included. */
  mayRun(): boolean;
}

/** Counts by address: `connections`, and `operations` over all of them. */
export function limitClients({
  connections,
  operations,
}: {
  readonly connections: number;
  readonly operations: number;
}): ClientLimits {
  const clients = new Map<string, Set<Connection>>();
  return {
    connect(address, socket) {
      const client = clients.get(address) ?? new Set();
      if (client.size >= connections) return undefined;
      const connection: Connection = {
        running: () => 0,
        mayRun: () => [...client].reduce((sum, { running }) => sum + running(), 0) <= operations,
      };
      client.add(connection);
      clients.set(address, client);
      socket.once('close', () => {
        client.delete(connection);
        if (client.size === 0) clients.delete(address);
      });
      return connection;
    },
  };
}
