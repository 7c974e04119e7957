import { Link } from '@tanstack/react-router';
import { Note } from './Note.js';

export function NothingHere() {
  return (
    <Note title="There is nothing here">
      No page has this address. What happens <Link to="/">now</Link> is on the first one.
    </Note>
  );
}
