// Rules looked at after a step of detection, in the transaction that stores it: an alert is there with what it tells of, or neither is.
import type { ClientBase } from 'pg';
import type { Logger } from 'pino';
import { type AlertRow, insertAlerts, quietLead } from '../db/alerts/alertRow.js';
import { type AlertRuleRow, enabledAlertRules } from '../db/alerts/alertRuleRow.js';
import { evidenceOf, hotspotReadings } from '../db/alerts/hotspotReadings.js';
import { overAlerts, pastAlerts } from '../db/alerts/pastAlerts.js';
import { type SilenceRow, silencesNow } from '../db/alerts/silenceRow.js';
import { type Parcel, queueDeliveries } from '../db/deliver/queueDeliveries.js';
import { uuidv7 } from '../db/uuidv7.js';
import { judge, NOTHING_YET } from './judge.js';
import { metricValue } from './metrics.js';
import { quietUntil } from './quietHours.js';
import { reasonOf } from './reason.js';

/** An alert, as its subscribers are told of it. */
export interface RaisedAlert {
  readonly alertId: string;
  readonly ruleId: string;
  readonly hotspotId: string;
}

export interface Raised {
  readonly alerts: readonly RaisedAlert[];
  /** Whether something waits in the outbox for them. */
  readonly queued: boolean;
}

interface NewAlert extends Omit<AlertRow, 'raisedAt'> {
  /** Its end is none: the story goes on in another hotspot. */
  readonly goesOn: boolean;
}

/** Alerts of one rule at one step that are each told of alone; with more, the rest comes in one message. */
const ALONE = 5;
/** Posts named with an alert. */
const EVIDENCE = 12;
/** Nobody is called for what is longer past than this (ms): an archive is taken in, or a stream that was away. */
const LATE_MS = 48 * 3_600_000;

/**
 * Looks at every rule that is on, at a step (`at`, in the time of the stream) whose points are stored. A rule that fails is logged and left
 * out: detection goes on, and so do the others.
 */
export async function raiseAlerts(
  client: ClientBase,
  { at, now = new Date(), log }: { readonly at: Date; readonly now?: Date; readonly log: Logger },
): Promise<Raised> {
  const alerts: RaisedAlert[] = [];
  let queued = false;
  const rules = await enabledAlertRules(client);
  const silences = rules.length === 0 ? [] : await silencesNow(client);
  for (const rule of rules) {
    await client.query('SAVEPOINT rule');
    try {
      const raised = await raiseBy(client, rule, { at, now, silences });
      alerts.push(...raised.alerts);
      queued ||= raised.queued;
      await client.query('RELEASE SAVEPOINT rule');
    } catch (error) {
      log.error({ err: error, rule: rule.name }, 'a rule of alerts failed');
      await client.query('ROLLBACK TO SAVEPOINT rule');
    }
  }
  return { alerts, queued };
}

interface Moment {
  readonly at: Date;
  readonly now: Date;
  readonly silences: readonly SilenceRow[];
}

async function raiseBy(client: ClientBase, rule: AlertRuleRow, moment: Moment): Promise<Raised> {
  const { at } = moment;
  const readings = await hotspotReadings(client, rule, { from: at, to: at });
  const hotspotIds = readings.map(({ hotspotId }) => hotspotId);
  const past = await pastAlerts(client, { ruleId: rule.id, hotspotIds });
  const found: NewAlert[] = [];
  for (const reading of readings) {
    const value = metricValue(rule.metric, rule.windowMinutes, reading);
    const before = past.get(reading.hotspotId) ?? NOTHING_YET;
    const state = judge(rule, { at: reading.at, value }, before);
    if (state === null) continue;
    const round = (before.last?.round ?? 0) + (state === 'FIRING' ? 1 : 0);
    const { hotspotId, posts, authors } = reading;
    const postIds = state === 'FIRING' ? await evidenceOf(client, rule, { hotspotId, at, limit: EVIDENCE }) : [];
    const reason = `${state === 'RESOLVED' ? 'no longer: ' : ''}${reasonOf(rule, reading)}`;
    found.push({ ...blank(rule, at), hotspotId, round, state, value, reason, postIds, posts, authors });
  }
  for (const { hotspotId, round, intoId } of await overAlerts(client, rule.id)) {
    const reason = intoId === null ? 'it has ended' : `it became part of ${intoId}`;
    found.push({ ...blank(rule, at), hotspotId, round, state: 'RESOLVED', value: 0, reason, goesOn: intoId !== null });
  }
  if (found.length === 0) return { alerts: [], queued: false };
  return store(client, rule, { found, moment });
}

function blank(rule: AlertRuleRow, at: Date) {
  return {
    ...{ id: uuidv7(), ruleId: rule.id, ruleName: rule.name, severity: rule.severity, at, threshold: rule.threshold },
    ...{ postIds: [] as string[], posts: 0, authors: 0, hold: null, heldUntil: null, digestId: null, goesOn: false },
  };
}

async function store(
  client: ClientBase,
  rule: AlertRuleRow,
  { found, moment }: { readonly found: readonly NewAlert[]; readonly moment: Moment },
): Promise<Raised> {
  const quietEnd = rule.quiet === null ? null : quietUntil(rule.quiet, moment.now.getTime());
  const heldUntil = quietEnd === null ? null : new Date(quietEnd);
  // The strongest first: they are the ones that are told of alone.
  const alerts = [...found]
    .sort((a, b) => b.value - a.value)
    .map((alert): NewAlert => ({ ...alert, ...holdOf(alert, { moment, heldUntil }) }));
  const told = alerts.filter((alert) => isTold(alert, rule));
  const lead = await leadOf(client, rule, { told, heldUntil });
  const digest = new Map(lead === null ? [] : lead.digested.map((id) => [id, lead.id]));
  const written = new Set(
    await insertAlerts(
      client,
      alerts.map((alert) => ({ ...alert, digestId: digest.get(alert.id) ?? null })),
    ),
  );
  const parcels = told
    .filter(({ id }) => written.has(id) && (!digest.has(id) || digest.get(id) === id))
    .map(
      ({ id }): Parcel => ({
        ...{ kind: 'ALERT', subjectId: id, destinationIds: rule.destinationIds },
        notBefore: heldUntil ?? undefined,
      }),
    );
  const queued = (await queueDeliveries(client, parcels)) > 0;
  const raised = alerts.filter(({ id }) => written.has(id));
  return { alerts: raised.map(({ id, hotspotId }) => ({ alertId: id, ruleId: rule.id, hotspotId })), queued };
}

function holdOf(
  { hotspotId, ruleId, at }: NewAlert,
  { moment: { now, silences }, heldUntil }: { readonly moment: Moment; readonly heldUntil: Date | null },
): Pick<NewAlert, 'hold' | 'heldUntil'> {
  const silence = silences.find(
    (one) => (one.ruleId === null || one.ruleId === ruleId) && (one.hotspotId === null || one.hotspotId === hotspotId),
  );
  if (silence !== undefined) return { hold: 'SILENCED', heldUntil: silence.until };
  if (now.getTime() - at.getTime() > LATE_MS) return { hold: 'LATE', heldUntil: null };
  return heldUntil === null ? { hold: null, heldUntil: null } : { hold: 'QUIET', heldUntil };
}

/** Of an end only where the rule wants it, and not where the story goes on in another hotspot. */
function isTold({ state, hold, goesOn }: NewAlert, { tellsEnd }: AlertRuleRow): boolean {
  if (hold === 'SILENCED' || hold === 'LATE') return false;
  return state === 'FIRING' || (tellsEnd && !goesOn);
}

/** The alert whose message tells of others too, and of which; null: each is told of alone. */
async function leadOf(
  client: ClientBase,
  rule: AlertRuleRow,
  { told, heldUntil }: { readonly told: readonly NewAlert[]; readonly heldUntil: Date | null },
): Promise<{ readonly id: string; readonly digested: readonly string[] } | null> {
  const ids = told.map(({ id }) => id);
  if (ids.length === 0) return null;
  if (heldUntil !== null)
    return { id: (await quietLead(client, { ruleId: rule.id, heldUntil })) ?? ids[0]!, digested: ids };
  return ids.length <= ALONE ? null : { id: ids[ALONE]!, digested: ids.slice(ALONE) };
}
