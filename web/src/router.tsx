// The routes. What a view shows is in its address (filters too), so that every view is a link to share; pages other than the first are
// loaded when they are asked for.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Now } from './pages/Now.js';
import { NothingHere } from './parts/NothingHere.js';
import { Problem } from './parts/Problem.js';
import { readHotspotView, readMapView, readNowView, readPictureView, readSearchView } from './routes.js';
import { Shell } from './shell/Shell.js';

const root = createRootRoute({ component: Shell, notFoundComponent: NothingHere });

export const nowRoute = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readNowView,
  component: Now,
});

export const hotspotRoute = createRoute({
  getParentRoute: () => root,
  path: '/hotspots/$id',
  validateSearch: readHotspotView,
  component: lazyRouteComponent(() => import('./pages/Hotspot.js'), 'Hotspot'),
});

export const pictureRoute = createRoute({
  getParentRoute: () => root,
  path: '/pictures/$sha256',
  validateSearch: readPictureView,
  component: lazyRouteComponent(() => import('./pages/Picture.js'), 'Picture'),
});

export const searchRoute = createRoute({
  getParentRoute: () => root,
  path: '/search',
  validateSearch: readSearchView,
  component: lazyRouteComponent(() => import('./pages/Search.js'), 'Search'),
});

export const mapRoute = createRoute({
  getParentRoute: () => root,
  path: '/map',
  validateSearch: readMapView,
  component: lazyRouteComponent(() => import('./pages/Map.js'), 'CaptionMap'),
});

export const systemRoute = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('./pages/System.js'), 'System'),
});

export const router = createRouter({
  routeTree: root.addChildren([nowRoute, hotspotRoute, pictureRoute, searchRoute, mapRoute, systemRoute]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: ({ error, reset }) => <Problem error={error} again={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
