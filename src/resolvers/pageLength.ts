// How long pages are.

/** The most that any list of the API returns at once. */
export const MAX_PAGE = 100;
/** And where a page is asked for without a length. */
export const DEFAULT_PAGE = 20;
