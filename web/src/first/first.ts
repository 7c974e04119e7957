// Runs before anything is painted, and before the rest of the script has come: shows the scheme that was chosen, and asks what the page will ask.
import { showChosenScheme } from '../scheme.js';
import { askFirst } from './asked.js';
import { questionsAt } from './questions.js';

showChosenScheme();
for (const question of questionsAt(new URL(location.href), { demo: 'demo' in document.documentElement.dataset }))
  askFirst(question);
