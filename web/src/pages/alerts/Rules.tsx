// Rules: when somebody wants to hear of a hotspot, and where.
import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { useMay } from '../../caller.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import { Problem } from '../../parts/Problem.js';
import {
  type AlertRuleLineFragment,
  AlertRulesDocument,
  DeleteAlertRuleDocument,
  RuleDestinationsDocument,
  SilenceDocument,
  UpdateAlertRuleDocument,
} from '../../queries/documents.js';
import styles from './Part.module.css';
import { RuleForm } from './RuleForm.js';
import { asInput, ruleInWords, span } from './words.js';

export function Rules() {
  const may = useMay('ANALYST');
  const { data, error, refetch } = useQuery(AlertRulesDocument, { fetchPolicy: 'cache-and-network' });
  const [open, setOpen] = useState<string>();
  return (
    <section aria-labelledby="rules" className={styles.part}>
      <h2 id="rules">Rules</h2>
      {error && <Problem error={error} again={() => void refetch()} />}
      {!data && !error && <p role="status">Asking for the rules</p>}
      <ol className={styles.list}>
        {data?.alertRules.map((rule) => (
          <li key={rule.id}>
            {open === rule.id ? (
              <RuleForm rule={rule} done={() => setOpen(undefined)} />
            ) : (
              <One rule={rule} may={may === true} edit={() => setOpen(rule.id)} />
            )}
          </li>
        ))}
      </ol>
      {may &&
        (open === 'new' ? (
          <RuleForm done={() => setOpen(undefined)} />
        ) : (
          <Button className={buttons.button} onPress={() => setOpen('new')}>
            Make a rule
          </Button>
        ))}
    </section>
  );
}

function One({ rule, may, edit }: { rule: AlertRuleLineFragment; may: boolean; edit: () => void }) {
  const { id, name, enabled, severity, cooldownMinutes, quiet, tellsEnd } = rule;
  const [asked, setAsked] = useState(false);
  const { data } = useQuery(RuleDestinationsDocument, { skip: !may, fetchPolicy: 'cache-and-network' });
  const ids = data?.alertRules.find((one) => one.id === id)?.destinations.map((one) => one.id) ?? [];
  const names = data?.destinations.filter((one) => ids.includes(one.id)).map((one) => one.name) ?? [];
  const quietly = { onError: () => undefined };
  const [update, updated] = useMutation(UpdateAlertRuleDocument, quietly);
  const [remove, removed] = useMutation(DeleteAlertRuleDocument, { ...quietly, refetchQueries: ['AlertRules'] });
  const [silence, silenced] = useMutation(SilenceDocument, { ...quietly, refetchQueries: ['Silences'] });
  const error = updated.error ?? removed.error ?? silenced.error;
  return (
    <article className={styles.card}>
      <h3>
        <bdi>{name}</bdi>
        {!enabled && ' (off)'}
      </h3>
      <p dir="auto">{ruleInWords(rule)}</p>
      <p className={styles.soft}>
        Severity {severity}; after an alert of a hotspot no other for {span(cooldownMinutes)}
        {quiet && `; quiet from ${quiet.from} to ${quiet.to}, ${quiet.timeZone}`}
        {tellsEnd && '; its end is told too'}
        {may && data && (names.length === 0 ? '; shown here, sent nowhere' : <Names names={names} />)}
      </p>
      {may && (
        <div className={styles.row}>
          <Button className={buttons.button} aria-label={`Change: ${name}`} onPress={edit}>
            Change
          </Button>
          <Button
            className={buttons.button}
            aria-label={`${enabled ? 'Turn off' : 'Turn on'}: ${name}`}
            isDisabled={data === undefined}
            onPress={() => void update({ variables: { id, rule: { ...asInput(rule, ids), enabled: !enabled } } })}
          >
            {enabled ? 'Turn off' : 'Turn on'}
          </Button>
          <Button
            className={buttons.button}
            aria-label={`Silence for a day: ${name}`}
            isDisabled={silenced.data !== undefined}
            onPress={() => void silence({ variables: { ruleId: id, hotspotId: null, minutes: 1440, reason: '' } })}
          >
            Silence for a day
          </Button>
          {asked ? (
            <>
              <Button className={buttons.button} onPress={() => void remove({ variables: { id } })}>
                Delete it; its alerts stay
              </Button>
              <Button className={buttons.button} onPress={() => setAsked(false)}>
                Keep it
              </Button>
            </>
          ) : (
            <Button className={buttons.button} aria-label={`Delete: ${name}`} onPress={() => setAsked(true)}>
              Delete
            </Button>
          )}
          <span role="status">{silenced.data && 'Silenced'}</span>
        </div>
      )}
      {error && <Problem error={error} />}
    </article>
  );
}

function Names({ names }: { names: readonly string[] }) {
  return (
    <>
      ; to{' '}
      {names.map((name, i) => (
        <span key={name}>
          {i > 0 && ', '}
          <bdi>{name}</bdi>
        </span>
      ))}
    </>
  );
}
