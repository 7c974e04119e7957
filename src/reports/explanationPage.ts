import { escapeMarkup } from './svg.js';

/** A page that needs nothing else: the figure, which browsers scale to their window. */
export function explanationPage(caption: string, figure: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeMarkup(caption)}</title>
<style>body { margin: 0; background: #fff } svg { display: block; max-width: 100%; height: auto; margin: 0 auto }</style>
</head>
<body>
${figure}</body>
</html>
`;
}
