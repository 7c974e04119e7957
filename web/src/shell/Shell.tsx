// What is around every page.
import { Link, Outlet } from '@tanstack/react-router';
import { Account } from './Account.js';
import { Connection } from './Connection.js';
import { DemoBar } from './DemoBar.js';
import { DropAnywhere } from './DropAnywhere.js';
import { SchemeSwitch } from './SchemeSwitch.js';
import styles from './Shell.module.css';
import { useSearchKey } from './useSearchKey.js';
import { Watching } from './Watching.js';

const PAGES = [
  { to: '/', name: 'Now' },
  { to: '/map', name: 'Map' },
  { to: '/search', name: 'Search' },
  { to: '/alerts', name: 'Alerts' },
  { to: '/reports', name: 'Reports' },
  { to: '/import', name: 'Import' },
  { to: '/system', name: 'System' },
  { to: '/keys', name: 'Keys' },
] as const;

export function Shell() {
  useSearchKey();
  return (
    <>
      <a className={styles.skip} href="#content">
        To the content
      </a>
      <header className={styles.header}>
        <Link to="/" className={styles.brand}>
          Hotlens
        </Link>
        <nav aria-label="Pages" className={styles.pages}>
          {PAGES.map(({ to, name }) => (
            <Link key={to} to={to} activeOptions={{ exact: true, includeSearch: false }}>
              {name}
            </Link>
          ))}
          <a href="/graphql">API</a>
        </nav>
        <Connection />
        <SchemeSwitch />
        <Account />
      </header>
      <DemoBar />
      <DropAnywhere />
      <main id="content" tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      <Watching />
    </>
  );
}
