// What can be seen of a process from outside: numbers, and traces.
import type { Stage } from './definitions.js';
import { createMetrics, type Metrics } from './metrics.js';
import { inSpan, NO_TRACES, type Tracer } from './tracer.js';

export interface Telemetry {
  readonly metrics: Metrics;
  readonly tracer: Tracer;
}

/** Counts for nobody but who asks it, and writes no traces. */
export function quietTelemetry(): Telemetry {
  return { metrics: createMetrics(), tracer: NO_TRACES };
}

/** Runs one stage of a picture's way as a span, and measures it. */
export async function inStage<T>({ metrics, tracer }: Telemetry, stage: Stage, work: () => Promise<T>): Promise<T> {
  const seconds = stopwatch();
  const measured = (outcome: 'ok' | 'error') =>
    metrics.observe('hotlens_stage_duration_seconds', { stage, outcome }, seconds());
  try {
    const result = await inSpan(tracer.start(stage), work);
    measured('ok');
    return result;
  } catch (error) {
    measured('error');
    throw error;
  }
}

/** Seconds since it was made. */
export function stopwatch(): () => number {
  const started = performance.now();
  return () => (performance.now() - started) / 1000;
}
