// Makes or changes a rule; beside it what it would have raised.
import { useMutation, useQuery } from '@apollo/client/react';
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { Problem } from '../../parts/Problem.js';
import {
  type AlertMetric,
  type AlertRuleInput,
  type AlertRuleLineFragment,
  CreateAlertRuleDocument,
  RuleDestinationsDocument,
  UpdateAlertRuleDocument,
} from '../../queries/documents.js';
import styles from './Form.module.css';
import { RulePreview } from './RulePreview.js';
import { asInput, METRICS, span } from './words.js';

const WINDOWS = [15, 30, 60, 180, 360, 720, 1440];
const COOLDOWNS = [0, 60, 360, 1440, 4320, 10_080];
const NEW: AlertRuleInput = {
  ...{ name: '', enabled: true, metric: 'AUTHORS', threshold: 10, windowMinutes: 60, sources: [], languages: [] },
  ...{ keywords: [], severity: 5, cooldownMinutes: 1440, quiet: null, tellsEnd: false, destinationIds: [] },
};

export function RuleForm({ rule, done }: { rule?: AlertRuleLineFragment; done: () => void }) {
  const { data } = useQuery(RuleDestinationsDocument, { fetchPolicy: 'cache-and-network' });
  const [draft, setDraft] = useState<AlertRuleInput>(() => (rule ? asInput(rule, []) : NEW));
  const known = data?.alertRules.find(({ id }) => id === rule?.id)?.destinations;
  const [read, setRead] = useState(rule === undefined);
  useEffect(() => {
    if (read || known === undefined) return;
    setRead(true);
    setDraft((before) => ({ ...before, destinationIds: known.map(({ id }) => id) }));
  }, [read, known]);
  const then = { onError: () => undefined, refetchQueries: ['AlertRules', 'RuleDestinations'], onCompleted: done };
  const [create, created] = useMutation(CreateAlertRuleDocument, then);
  const [update, updated] = useMutation(UpdateAlertRuleDocument, then);
  const error = created.error ?? updated.error;
  const change = (part: Partial<AlertRuleInput>) => setDraft((before) => ({ ...before, ...part }));
  const save = (event: FormEvent) => {
    event.preventDefault();
    const clean = { ...draft, name: draft.name.trim() };
    void (rule ? update({ variables: { id: rule.id, rule: clean } }) : create({ variables: { rule: clean } }));
  };
  const { name, metric, threshold, windowMinutes = 60, severity, cooldownMinutes = 1440, quiet, tellsEnd } = draft;
  return (
    <form className={styles.form} aria-labelledby="rule-form" onSubmit={save}>
      <h3 id="rule-form">{rule ? 'Change the rule' : 'A new rule'}</h3>
      <div className={styles.fields}>
        <label className={fields.labelled}>
          Name
          <input
            className={fields.field}
            value={name}
            required
            maxLength={100}
            autoComplete="off"
            onChange={(event) => change({ name: event.target.value })}
          />
        </label>
        <label className={fields.labelled}>
          What it looks at
          <select
            className={fields.field}
            value={metric}
            onChange={(event) => {
              const chosen = event.target.value as AlertMetric;
              change({ metric: chosen, threshold: METRICS[chosen].usual });
            }}
          >
            {Object.entries(METRICS).map(([value, words]) => (
              <option key={value} value={value}>
                {words.name}
              </option>
            ))}
          </select>
        </label>
        <label className={fields.labelled}>
          From so many {METRICS[metric].unit} on
          <input
            className={fields.field}
            type="number"
            step="any"
            required
            value={Number.isNaN(threshold) ? '' : threshold}
            onChange={(event) => change({ threshold: event.target.valueAsNumber })}
          />
        </label>
        <Choice
          label="In the last"
          value={windowMinutes ?? 60}
          values={WINDOWS}
          chosen={(minutes) => change({ windowMinutes: minutes })}
        />
        <Words
          label="Only posts that say one of"
          value={draft.keywords ?? []}
          given={(keywords) => change({ keywords })}
        />
        <Words label="Only from the sources" value={draft.sources ?? []} given={(sources) => change({ sources })} />
        <Words
          label="Only in the languages, such as en"
          value={draft.languages ?? []}
          given={(languages) => change({ languages })}
        />
        <label className={fields.labelled}>
          Severity, 1 to 10
          <input
            className={fields.field}
            type="number"
            min={1}
            max={10}
            required
            value={severity ?? 5}
            onChange={(event) => change({ severity: event.target.valueAsNumber || 5 })}
          />
        </label>
        <Choice
          label="After an alert no other for"
          value={cooldownMinutes ?? 1440}
          values={COOLDOWNS}
          chosen={(minutes) => change({ cooldownMinutes: minutes })}
        />
        {quiet && (
          <>
            <label className={fields.labelled}>
              Quiet from
              <input
                className={fields.field}
                type="time"
                required
                value={quiet.from}
                onChange={(event) => change({ quiet: { ...quiet, from: event.target.value } })}
              />
            </label>
            <label className={fields.labelled}>
              Until
              <input
                className={fields.field}
                type="time"
                required
                value={quiet.to}
                onChange={(event) => change({ quiet: { ...quiet, to: event.target.value } })}
              />
            </label>
            <label className={fields.labelled}>
              By the clock of
              <input
                className={fields.field}
                required
                value={quiet.timeZone}
                autoComplete="off"
                onChange={(event) => change({ quiet: { ...quiet, timeZone: event.target.value } })}
              />
            </label>
          </>
        )}
      </div>
      <fieldset className={styles.checks}>
        <legend>When it is told</legend>
        <Check label="Quiet hours" on={quiet != null} set={(on) => change({ quiet: on ? night() : null })} />
        <Check label="Tell its end too" on={tellsEnd === true} set={(on) => change({ tellsEnd: on })} />
      </fieldset>
      {data && data.destinations.length > 0 && (
        <fieldset className={styles.checks}>
          <legend>Where it is sent</legend>
          {data.destinations.map(({ id, name: called }) => (
            <Check
              key={id}
              label={called}
              on={draft.destinationIds?.includes(id) === true}
              set={(on) =>
                change({
                  destinationIds: [...(draft.destinationIds ?? []).filter((one) => one !== id), ...(on ? [id] : [])],
                })
              }
            />
          ))}
        </fieldset>
      )}
      <RulePreview rule={draft} />
      <div className={styles.row}>
        <Button type="submit" className={buttons.button} isDisabled={!read || created.loading || updated.loading}>
          {rule ? 'Save it' : 'Make it'}
        </Button>
        <Button className={buttons.button} onPress={done}>
          Leave it
        </Button>
      </div>
      {error && <Problem error={error} />}
    </form>
  );
}

/** The usual night of whoever sits here. */
function night() {
  return { from: '22:00', to: '07:00', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}

function Choice({
  label,
  value,
  values,
  chosen,
}: {
  label: string;
  value: number;
  values: readonly number[];
  chosen: (value: number) => void;
}) {
  const all = values.includes(value) ? values : [...values, value].sort((a, b) => a - b);
  return (
    <label className={fields.labelled}>
      {label}
      <select className={fields.field} value={value} onChange={(event) => chosen(Number(event.target.value))}>
        {all.map((minutes) => (
          <option key={minutes} value={minutes}>
            {minutes === 0 ? 'no time' : span(minutes)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Words with commas between; as they are written until the field is left. */
function Words({
  label,
  value,
  given,
}: {
  label: string;
  value: readonly string[] | string;
  given: (words: string[]) => void;
}) {
  const [text, setText] = useState(() => [value].flat().join(', '));
  return (
    <label className={fields.labelled}>
      {label}
      <input
        className={fields.field}
        value={text}
        dir="auto"
        autoComplete="off"
        placeholder="all"
        onChange={(event) => {
          setText(event.target.value);
          given(
            event.target.value
              .split(',')
              .map((word) => word.trim())
              .filter((word) => word !== ''),
          );
        }}
      />
    </label>
  );
}

function Check({ label, on, set }: { label: string; on: boolean; set: (on: boolean) => void }) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={on} onChange={(event) => set(event.target.checked)} />
      <bdi>{label}</bdi>
    </label>
  );
}
