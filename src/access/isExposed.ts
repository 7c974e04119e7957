// Whether a server is there for others than this machine, and may be.
import type { Pool } from 'pg';
import { keyState } from '../db/access/keyState.js';
import { AppError } from '../errors.js';

/**
 * Whether a server with this address and these names is meant for others. Rejects with AppError CONFIG where it is and no admin's
 * key is there: nobody could rule it, or anybody.
 */
export async function isExposed(
  pool: Pool,
  {
    host,
    allowedHosts,
    variable = 'HOTLENS_HOST',
  }: { readonly host: string; readonly allowedHosts: readonly string[]; readonly variable?: string },
): Promise<boolean> {
  if (host === '127.0.0.1' && allowedHosts.length === 0) return false;
  if ((await keyState(pool)).admin) return true;
  const asked = host === '127.0.0.1' ? `HOTLENS_ALLOWED_HOSTS is ${allowedHosts.join(',')}` : `${variable} is ${host}`;
  throw new AppError(
    'CONFIG',
    `${asked}, and there is no admin's key: without one Hotlens listens on 127.0.0.1 only, for this machine; make one with \`hotlens keys create --role admin\``,
  );
}
