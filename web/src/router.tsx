// The routes. What a view shows is in its address (filters too), so that every view is a link to share; pages are loaded when they are
// asked for.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouterHistory,
  useLocation,
} from '@tanstack/react-router';
import { NothingHere } from './parts/NothingHere.js';
import { Problem } from './parts/Problem.js';
import {
  readAlertsView,
  readHotspotView,
  readMapView,
  readNowView,
  readPictureView,
  readSearchView,
  readSignInView,
} from './routes.js';
import { Shell } from './shell/Shell.js';
import { SIGN_IN } from './signIn.js';

const root = createRootRoute({ component: Around, notFoundComponent: NothingHere });

/** Whoever signs in sees nothing else yet. */
function Around() {
  return useLocation().pathname === SIGN_IN ? <Outlet /> : <Shell />;
}

export const nowRoute = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readNowView,
  component: lazyRouteComponent(() => import('./pages/Now.js'), 'Now'),
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

export const alertsRoute = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: readAlertsView,
  component: lazyRouteComponent(() => import('./pages/Alerts.js'), 'Alerts'),
});

export const systemRoute = createRoute({
  getParentRoute: () => root,
  path: '/system',
  component: lazyRouteComponent(() => import('./pages/System.js'), 'System'),
});

export const importRoute = createRoute({
  getParentRoute: () => root,
  path: '/import',
  component: lazyRouteComponent(() => import('./pages/Import.js'), 'Import'),
});

export const oneImportRoute = createRoute({
  getParentRoute: () => root,
  path: '/import/$id',
  component: lazyRouteComponent(() => import('./pages/OneImport.js'), 'OneImport'),
});

export const reportsRoute = createRoute({
  getParentRoute: () => root,
  path: '/reports',
  component: lazyRouteComponent(() => import('./pages/Reports.js'), 'Reports'),
});

export const keysRoute = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  component: lazyRouteComponent(() => import('./pages/Keys.js'), 'Keys'),
});

export const signInRoute = createRoute({
  getParentRoute: () => root,
  path: '/signin',
  validateSearch: readSignInView,
  component: lazyRouteComponent(() => import('./pages/SignIn.js'), 'SignIn'),
});

const routeTree = root.addChildren([
  nowRoute,
  hotspotRoute,
  pictureRoute,
  searchRoute,
  mapRoute,
  alertsRoute,
  reportsRoute,
  systemRoute,
  importRoute,
  oneImportRoute,
  keysRoute,
  signInRoute,
]);

/** The pages by their addresses; `history` where they are not the browser's. */
export function createPages(history?: RouterHistory) {
  return createRouter({
    routeTree,
    ...(history && { history }),
    defaultPreload: 'intent',
    scrollRestoration: history === undefined,
    defaultErrorComponent: ({ error, reset }) => <Problem error={error} again={reset} />,
  });
}

export type Pages = ReturnType<typeof createPages>;

declare module '@tanstack/react-router' {
  interface Register {
    router: Pages;
  }
}
