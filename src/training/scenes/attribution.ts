// Whose art the scenes are made of. Pictures drawn from CC-BY families must go with their attribution.

import type { Family } from './classes.js';

export interface Attribution {
  readonly title: string;
  readonly author: string;
  /** SPDX */
  readonly license: string;
  readonly url: string;
}

/** By sprite family, as the packages' own info.json has it. */
export const ATTRIBUTIONS: Readonly<Record<Family, Attribution>> = {
  noto: {
    title: 'Noto Emoji',
    author: 'Google Inc',
    license: 'Apache-2.0',
    url: 'https://github.com/googlefonts/noto-emoji',
  },
  'noto-v1': {
    title: 'Noto Emoji (v1)',
    author: 'Google Inc',
    license: 'Apache-2.0',
    url: 'https://github.com/googlefonts/noto-emoji',
  },
  twemoji: {
    title: 'Twitter Emoji',
    author: 'Twitter',
    license: 'CC-BY-4.0',
    url: 'https://github.com/jdecked/twemoji',
  },
  emojione: {
    title: 'Emoji One (Colored)',
    author: 'Emoji One',
    license: 'CC-BY-4.0',
    url: 'https://github.com/EmojiTwo/emojitwo',
  },
  'fluent-emoji-flat': {
    title: 'Fluent Emoji Flat',
    author: 'Microsoft Corporation',
    license: 'MIT',
    url: 'https://github.com/microsoft/fluentui-emoji',
  },
};

/** One line that names them all. */
export function attributionLine(): string {
  const names = Object.values(ATTRIBUTIONS).map(({ title, author, license }) => `${title} (${author}, ${license})`);
  return `Drawn by Hotlens with sprites, changed and put on drawn bodies, of ${names.join(', ')}.`;
}
