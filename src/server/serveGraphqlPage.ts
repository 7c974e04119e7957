// The page at /graphql, where a document can be tried.
import type { Request, RequestHandler } from 'express';
import { servePage } from './servePage.js';

/** A browser's visit; a GET with a query in it is a request of the API. */
export function isGraphqlPage(request: Request): boolean {
  return (
    request.method === 'GET' &&
    request.path === '/graphql' &&
    request.query.query === undefined &&
    request.accepts(['json', 'html']) === 'html'
  );
}

export function serveGraphqlPage(): RequestHandler {
  const page = servePage('graphql.html');
  return (request, response, next) => {
    if (isGraphqlPage(request)) page(request, response, next);
    else next();
  };
}
