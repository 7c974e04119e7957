// One GraphQL operation, measured and traced, from the time its document is there.
import { stopwatch, type Telemetry } from './telemetry.js';

export type OperationKind = 'query' | 'mutation' | 'subscription';

export interface OperationWatch {
  /** What it turned out to be; until then it counts as invalid. The name is the client's word. */
  is(kind: OperationKind, name: string | null | undefined): void;
  run<T>(work: () => T): T;
  /** It is answered. Safe to call again. */
  end(outcome: 'ok' | 'error'): void;
}

/** Begins now. */
export function watchOperation({ metrics, tracer }: Telemetry): OperationWatch {
  const seconds = stopwatch();
  const span = tracer.start('graphql');
  let kind: OperationKind | 'invalid' = 'invalid';
  let ended = false;
  return {
    is(known, name) {
      kind = known;
      const given = name == null ? {} : { 'graphql.operation.name': name.slice(0, 100) };
      span.tell(`graphql ${known}`, { 'graphql.operation.type': known, ...given });
    },
    run: (work) => span.run(work),
    end(outcome) {
      if (ended) return;
      ended = true;
      metrics.observe('hotlens_graphql_operation_duration_seconds', { kind, outcome }, seconds());
      span.end(outcome === 'ok' ? undefined : new Error('answered with errors'));
    },
  };
}
