// Whether an error says that the database is not there, is starting, ending, out of connections or of room: nothing that
// the statement could help, and nothing that lasts.
import { causesOf, codesOf } from '../errors.js';

/** Of the connection (node's, Prisma's), and SQLSTATE classes 08, 53, 57P and 58: connection, resources, operator, system. */
const CODES =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|P1001|P1002|P1008|P1017|P2024|08...|53...|57P..|58...)$/;
/** What pg says without a code, the embedded database's thread, and Prisma, which hides SQLSTATE in its message. */
const MESSAGES =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|connection is closed|not queryable|Can't reach database server|embedded database|Code: `(?:08|53|57P|58)/i;

/** Looks at the error and its causes. */
export function isDatabaseAway(error: unknown): boolean {
  if (codesOf(error).some((code) => CODES.test(code))) return true;
  return causesOf(error).some(({ message }) => typeof message === 'string' && MESSAGES.test(message));
}
