// What is counted and measured, behind names of our own: prom-client keeps it, in a registry that belongs to one server.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { COUNTERS, GAUGES, HISTOGRAMS, type LabelsOf } from './definitions.js';

type Counters = typeof COUNTERS;
type Histograms = typeof HISTOGRAMS;
type Gauges = typeof GAUGES;
type Values = Record<string, string>;

export interface Metrics {
  count<N extends keyof Counters>(name: N, labels: LabelsOf<Counters[N]>, by?: number): void;
  observe<N extends keyof Histograms>(name: N, labels: LabelsOf<Histograms[N]>, value: number): void;
  set<N extends keyof Gauges>(name: N, labels: LabelsOf<Gauges[N]>, value: number): void;
  /** Takes all values of a gauge back: they are not known now. */
  forget(name: keyof Gauges): void;
  /** Asked before each scrape; sets gauges, and never rejects. */
  onScrape(ask: () => Promise<void> | void): void;
  /** All of it in Prometheus' text format. */
  scrape(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** Names of all metrics, in the order in which they are written. */
  names(): readonly string[];
}

/** Nothing is shared between two of these. `ofProcess`: also what Node tells of the process, once a process. */
export function createMetrics({ ofProcess = false }: { readonly ofProcess?: boolean } = {}): Metrics {
  const registry = new Registry();
  const asked: (() => Promise<void> | void)[] = [];
  const options = (name: string, { help, labels }: { readonly help: string; readonly labels: object }) => ({
    name,
    help,
    labelNames: Object.keys(labels),
    registers: [registry],
  });
  const counters = new Map<string, Counter>();
  for (const [name, definition] of Object.entries(COUNTERS)) {
    const counter = new Counter(options(name, definition));
    // From the start: a series that begins with its first failure has no rate at it.
    for (const labels of combinations(definition.labels)) counter.inc(labels, 0);
    counters.set(name, counter);
  }
  const histograms = new Map<string, Histogram>();
  for (const [name, definition] of Object.entries(HISTOGRAMS))
    histograms.set(name, new Histogram({ ...options(name, definition), buckets: [...definition.buckets] }));
  const gauges = new Map<string, Gauge>();
  for (const [name, definition] of Object.entries(GAUGES)) gauges.set(name, new Gauge(options(name, definition)));
  if (ofProcess) collectDefaultMetrics({ register: registry });
  return {
    count: (name, labels, by = 1) => counters.get(name)!.inc({ ...labels } as Values, by),
    observe: (name, labels, value) => histograms.get(name)!.observe({ ...labels } as Values, value),
    set: (name, labels, value) => gauges.get(name)!.set({ ...labels } as Values, value),
    forget: (name) => gauges.get(name)!.reset(),
    onScrape: (ask) => void asked.push(ask),
    async scrape() {
      await Promise.all(asked.map((ask) => ask()));
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    names: () => registry.getMetricsAsArray().map(({ name }) => name),
  };
}

/** Every combination of the labels' values; one without labels. */
function combinations(labels: Readonly<Record<string, readonly string[]>>): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [label, values]) => all.flatMap((given) => values.map((value) => ({ ...given, [label]: value }))),
    [{}],
  );
}
