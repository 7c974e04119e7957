// Takes the page over from the frame that its HTML holds, once all that it needs for that is there: nothing on it moves, or is gone for a moment.
import './styles/base.css';
import { startTransition } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App.js';
import { createGraphqlClient } from './client.js';
import { sendSubmitted } from './first/keepSubmitted.js';
import { keepTyped } from './keepTyped.js';
import { createPages } from './router.js';
import { showChosenScheme } from './scheme.js';

showChosenScheme();
const pages = createPages();
await pages.load();
const place = document.getElementById('root')!;
const root = createRoot(place);
const demo = 'demo' in document.documentElement.dataset;
const fillTyped = keepTyped(place);
const onDrawn = () => {
  fillTyped();
  sendSubmitted();
};
// In slices, between which the browser may do as it is told: the frame stands there meanwhile.
startTransition(() => root.render(<App client={createGraphqlClient()} pages={pages} demo={demo} onDrawn={onDrawn} />));
