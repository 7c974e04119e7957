// Runs before anything is painted, and before the rest of the script has come: shows the scheme that was chosen, asks what the page will ask,
// keeps what is sent meanwhile, and has the rest run once the frame has been painted.
import { showChosenScheme } from '../scheme.js';
import { askFirst } from './asked.js';
import { fetchPictureOf } from './fetchPictureOf.js';
import { keepSubmitted } from './keepSubmitted.js';
import { questionsAt } from './questions.js';
import { runRest } from './runRest.js';

showChosenScheme();
for (const question of questionsAt(new URL(location.href), { demo: 'demo' in document.documentElement.dataset }))
  askFirst(question);
fetchPictureOf(location.pathname);
keepSubmitted();
void runRest();
