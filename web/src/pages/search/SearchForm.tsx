// What is searched for: words, a picture, and filters, which are folded away where the window is narrow.
import { Link } from '@tanstack/react-router';
import { type FormEvent, type KeyboardEvent, type Ref, useState } from 'react';
import { useNow } from '../../clock.js';
import { Button } from '../../parts/Button.js';
import buttons from '../../parts/Button.module.css';
import fields from '../../parts/Field.module.css';
import { FileButton } from '../../parts/FileButton.js';
import { localMoment } from '../../parts/localMoment.js';
import { TimeSpan } from '../../parts/TimeSpan.js';
import { readSearchView, type SearchView } from '../../routes.js';
import { SEARCH_FIELD } from '../../shell/useSearchKey.js';
import { type AskedPicture, filtersSet } from './asked.js';
import styles from './SearchForm.module.css';

interface SearchFormProps {
  readonly view: SearchView;
  readonly picture: AskedPicture | undefined;
  readonly field: Ref<HTMLInputElement>;
  readonly onSearch: (view: SearchView) => void;
  readonly onPicture: (file: File | undefined) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

const FILTERS = [
  { name: 'author', label: 'Author' },
  { name: 'source', label: 'Source' },
  { name: 'language', label: 'Language (en, pt)' },
] as const;
const HOUR_MS = 3_600_000;

export function SearchForm({ view, picture, field, onSearch, onPicture, onKeyDown }: SearchFormProps) {
  const [open, setOpen] = useState(false);
  const set = filtersSet(view);
  const now = useNow();
  const search = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onSearch(readSearchView(Object.fromEntries(new FormData(event.currentTarget))));
  };
  return (
    <search>
      {/* Filled in anew when an address says something else. */}
      <form key={JSON.stringify(view)} className={styles.form} onSubmit={search}>
        <label className={`${fields.labelled} ${styles.words}`}>
          Words, of posts and captions
          <input
            ref={field}
            id={SEARCH_FIELD}
            className={fields.field}
            name="q"
            type="search"
            defaultValue={view.q}
            maxLength={1000}
            dir="auto"
            onKeyDown={onKeyDown}
          />
        </label>
        <Button type="submit" className={buttons.button}>
          Search
        </Button>
        <FileButton className={buttons.button} accept="image/*" onSelect={([file]) => onPicture(file)}>
          By a picture
        </FileButton>
        <Button
          className={`${buttons.button} ${styles.toggle}`}
          aria-expanded={open}
          aria-controls="filters"
          onPress={() => setOpen(!open)}
        >
          {set === 0 ? 'Filters' : `Filters: ${set}`}
        </Button>
        <div id="filters" className={styles.filters} data-open={open || undefined}>
          {FILTERS.map(({ name, label }) => (
            <label key={name} className={`${fields.labelled} ${styles.filter}`}>
              {label}
              <input className={fields.field} name={name} defaultValue={view[name]} dir="auto" />
            </label>
          ))}
          <TimeSpan
            since={view.since}
            until={view.until}
            link={(span, name) => (
              <Link
                to="/search"
                search={{
                  ...view,
                  since: span === 'all' ? undefined : localMoment(now - span * HOUR_MS),
                  until: undefined,
                }}
                aria-current={
                  span === 'all' && view.since === undefined && view.until === undefined ? 'page' : undefined
                }
                activeOptions={{ exact: true }}
              >
                {name}
              </Link>
            )}
          />
          {view.hotspot !== undefined && <input type="hidden" name="hotspot" value={view.hotspot} />}
          {view.area !== undefined && <input type="hidden" name="area" value={view.area} />}
        </div>
      </form>
      {picture && (
        <p className={styles.chip}>
          <img src={picture.shown} alt="" width="40" height="40" />
          <span>
            Like <bdi>{picture.name}</bdi>. The picture is not kept, and not part of this page’s link.
          </span>
          <Button className={buttons.button} onPress={() => onPicture(undefined)}>
            Without it
          </Button>
        </p>
      )}
      {view.area !== undefined && (
        <p className={styles.chip}>
          <span>
            Only posts with the pictures of{' '}
            <Link to="/map" search={{ area: view.area }}>
              a part of the map
            </Link>
          </span>
          <Link to="/search" search={{ ...view, area: undefined } as SearchView} className={buttons.button}>
            All posts
          </Link>
        </p>
      )}
      {view.hotspot !== undefined && (
        <p className={styles.chip}>
          <span>
            Only posts of{' '}
            <Link to="/hotspots/$id" params={{ id: view.hotspot }}>
              hotspot {view.hotspot}
            </Link>
          </span>
          <Link to="/search" search={{ ...view, hotspot: undefined } as SearchView} className={buttons.button}>
            All posts
          </Link>
        </p>
      )}
    </search>
  );
}
