// Alerts: what was raised and why, by which rules, what is silenced, and how it gets to people.
import { Link } from '@tanstack/react-router';
import { alertsRoute } from '../router.js';
import { ALERT_PARTS } from '../routes.js';
import styles from './Alerts.module.css';
import { Destinations } from './alerts/Destinations.js';
import { History } from './alerts/History.js';
import { Outbox } from './alerts/Outbox.js';
import { Rules } from './alerts/Rules.js';
import { Silences } from './alerts/Silences.js';
import { ToSilence } from './alerts/ToSilence.js';

const NAMES: Readonly<Record<(typeof ALERT_PARTS)[number], string>> = {
  history: 'History',
  rules: 'Rules',
  silences: 'Silences',
  outbox: 'Outbox',
  destinations: 'Destinations',
};
const PARTS = { history: History, rules: Rules, silences: Silences, outbox: Outbox, destinations: Destinations };

export function Alerts() {
  const { part = 'history', silence } = alertsRoute.useSearch();
  const Part = PARTS[part];
  return (
    <div className={styles.page}>
      <title>{`${part === 'history' ? 'Alerts' : NAMES[part]} · Hotlens`}</title>
      <h1>Alerts</h1>
      <nav aria-label="Parts of this page" className={styles.parts}>
        {ALERT_PARTS.map((name) => (
          <Link
            key={name}
            to="/alerts"
            search={name === 'history' ? {} : { part: name }}
            activeOptions={{ exact: true, includeSearch: true }}
            aria-current={name === part ? 'page' : undefined}
          >
            {NAMES[name]}
          </Link>
        ))}
      </nav>
      {silence !== undefined && <ToSilence id={silence} />}
      <Part />
    </div>
  );
}
