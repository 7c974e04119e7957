// A slash leads to the search from every page, as long as nobody is writing.
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';

/** Id of the field for words. */
export const SEARCH_FIELD = 'search-words';

export function useSearchKey(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const { target } = event;
      const writing = target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || writing) return;
      event.preventDefault();
      const field = document.getElementById(SEARCH_FIELD);
      if (field instanceof HTMLInputElement) field.select();
      else void navigate({ to: '/search' });
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [navigate]);
}
