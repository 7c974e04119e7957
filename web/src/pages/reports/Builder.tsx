// Makes a report or changes one, beside what it would say now.
import { useMutation, useQuery } from '@apollo/client/react';
import { type FormEvent, useState } from 'react';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { Problem } from '../../parts/Problem.js';
import {
  CreateReportDocument,
  ReportDestinationsDocument,
  type ReportFormat,
  type ReportLineFragment,
  UpdateReportDocument,
} from '../../queries/documents.js';
import styles from './Builder.module.css';
import { type Draft, draftOf, inputOf, WHEN } from './draft.js';
import { Preview } from './Preview.js';

const FORMATS: readonly ReportFormat[] = ['HTML', 'PDF', 'JSON'];

export interface BuilderProps {
  /** Null: a new one. */
  readonly report: ReportLineFragment | null;
  readonly done: () => void;
  readonly leave: () => void;
}

export function Builder({ report, done, leave }: BuilderProps) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(report));
  const [create, { error: notMade, loading: making }] = useMutation(CreateReportDocument, { onError: () => undefined });
  const [update, { error: notChanged, loading: changing }] = useMutation(UpdateReportDocument, {
    onError: () => undefined,
  });
  const { data } = useQuery(ReportDestinationsDocument);
  const set = <K extends keyof Draft>(name: K, value: Draft[K]) => setDraft({ ...draft, [name]: value });
  const text = (name: 'name' | 'source' | 'author' | 'text' | 'language' | 'cron' | 'timeZone' | 'at') => ({
    className: fields.field,
    value: draft[name],
    autoComplete: 'off',
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
  });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const input = inputOf(draft);
    // What goes wrong is in the errors.
    const result = report
      ? await update({ variables: { id: report.id, input } })
      : await create({ variables: { input } });
    if (result.data) done();
  };
  const toggled = <T,>(list: readonly T[], one: T) =>
    list.includes(one) ? list.filter((each) => each !== one) : [...list, one];
  const error = notMade ?? notChanged;
  return (
    <section aria-labelledby="builder" className={styles.builder}>
      <form onSubmit={(event) => void save(event)} className={styles.form}>
        <h2 id="builder">{report ? 'Change the report' : 'A new report'}</h2>
        <label className={fields.labelled}>
          Name
          <input {...text('name')} required maxLength={200} />
        </label>
        <fieldset>
          <legend>Which posts</legend>
          <label className={fields.labelled}>
            Source (all where it is empty)
            <input {...text('source')} />
          </label>
          <label className={fields.labelled}>
            Words in the post or a caption
            <input {...text('text')} />
          </label>
          <label className={fields.labelled}>
            Author
            <input {...text('author')} />
          </label>
          <label className={fields.labelled}>
            Language, such as en
            <input {...text('language')} />
          </label>
        </fieldset>
        <fieldset>
          <legend>Of what time</legend>
          <label className={fields.labelled}>
            Window, against the one before
            <select
              className={fields.field}
              value={draft.last}
              onChange={(event) => set('last', event.currentTarget.value as Draft['last'])}
            >
              <option value="DAY">the last day</option>
              <option value="WEEK">the last week</option>
            </select>
          </label>
          <label className={fields.labelled}>
            Posts are counted by
            <select
              className={fields.field}
              value={draft.grouping}
              onChange={(event) => set('grouping', event.currentTarget.value as Draft['grouping'])}
            >
              <option value="NONE">nothing else</option>
              <option value="SOURCE">source</option>
              <option value="LANGUAGE">language</option>
            </select>
          </label>
        </fieldset>
        <fieldset>
          <legend>When it is made</legend>
          <label className={fields.labelled}>
            How often
            <select
              className={fields.field}
              value={draft.when}
              onChange={(event) => set('when', event.currentTarget.value as Draft['when'])}
            >
              {Object.entries(WHEN).map(([when, { name }]) => (
                <option key={when} value={when}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          {WHEN[draft.when].asks === 'time' && (
            <label className={fields.labelled}>
              At
              <input {...text('at')} type="time" required />
            </label>
          )}
          {WHEN[draft.when].asks === 'cron' && (
            <label className={fields.labelled}>
              Minute, hour, day, month, day of the week
              <input {...text('cron')} required />
            </label>
          )}
          <label className={fields.labelled}>
            Time zone
            <input {...text('timeZone')} required />
          </label>
        </fieldset>
        <fieldset className={styles.checks}>
          <legend>As</legend>
          {FORMATS.map((format) => (
            <label key={format}>
              <input
                type="checkbox"
                checked={draft.formats.includes(format)}
                onChange={() => set('formats', toggled(draft.formats, format))}
              />
              {format}
            </label>
          ))}
        </fieldset>
        <fieldset className={styles.checks}>
          <legend>Sent to</legend>
          {(data?.destinations ?? []).map(({ id, name, target, enabled }) => (
            <label key={id}>
              <input
                type="checkbox"
                checked={draft.destinations.includes(id)}
                onChange={() => set('destinations', toggled(draft.destinations, id))}
              />
              <bdi>{name}</bdi> <small dir="auto">{enabled ? target : 'resting'}</small>
            </label>
          ))}
          {data?.destinations.length === 0 && (
            <p>Nowhere yet: an admin makes destinations. It is kept in the archive.</p>
          )}
        </fieldset>
        {error && <Problem error={error} />}
        <div className={styles.row}>
          <Button type="submit" className={buttons.button} isDisabled={making || changing}>
            {report ? 'Change it' : 'Make it'}
          </Button>
          <Button className={buttons.button} onPress={leave}>
            Leave
          </Button>
        </div>
      </form>
      <Preview draft={draft} />
    </section>
  );
}
