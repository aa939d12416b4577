import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { AnyRoute } from './route.ts';
import { notFoundError } from './server.ts';

/** Paths that programs use: unknown ones are answered in JSON, never with a page. */
const apiPath = /^\/(console\/api|v1|api|files|triggers|mcp|health|metrics|openapi\.json)(\/|$)/;
/** Pages for visitors of published apps; they must stay frameable. */
const sharePath = /^\/(chat|chatbot|completion|workflow|form|webapp-signin|webapp-reset-password)(\/|$)/;

/** Where the built web is and how its pages are protected. */
export interface StaticWebOptions {
  /** `apps/web/dist`. */
  root: string;
  routes: readonly AnyRoute[];
  /** Whether other sites may frame the console. */
  allowEmbed: boolean;
  /** Further origins that pages may load from and talk to. */
  extraOrigins: readonly string[];
}

/** Serves the console and the web app, and answers everything unknown. */
export async function serveWeb(server: FastifyInstance, options: StaticWebOptions): Promise<void> {
  const unknown = notFoundError(options.routes);
  const pages = readPages(options);
  if (existsSync(options.root)) {
    await server.register(fastifyStatic, {
      root: options.root,
      wildcard: false,
      index: false,
      setHeaders: (reply, path) => reply.headers(fileHeaders(path)),
    });
  }
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const readable = request.method === 'GET' || request.method === 'HEAD';
    if (!readable || apiPath.test(path) || /\.[a-z0-9]{2,5}$/i.test(path)) {
      const error = unknown(request.method, path);
      return reply.status(error.status).headers(error.headers).send(error.toBody());
    }
    const page = sharePath.test(path) ? pages.share : pages.console;
    if (!page) {
      return reply
        .status(503)
        .type('text/plain')
        .send('The web has not been built yet: run npm start, or npm run dev.\n');
    }
    return sendPage(reply, page);
  });
}

/**
 * Files with a hash in their name never change; everything else is asked for anew. The embed script has a fixed name
 * and is loaded by other sites: they may read it (integrity checks need that) and keep it for an hour.
 */
function fileHeaders(path: string): Record<string, string> {
  if (path.includes('/assets/')) return { 'cache-control': 'public, max-age=31536000, immutable' };
  if (path.endsWith('/embed.min.js')) {
    return {
      'cache-control': 'public, max-age=3600, stale-while-revalidate=86400',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    };
  }
  return { 'cache-control': 'no-cache' };
}

interface Page {
  html: string;
  headers: Record<string, string>;
}

function sendPage(reply: FastifyReply, page: Page): FastifyReply {
  return reply.status(200).type('text/html; charset=utf-8').headers(page.headers).send(page.html);
}

function readPages(options: StaticWebOptions): { console: Page | undefined; share: Page | undefined } {
  return {
    console: readPage(join(options.root, 'index.html'), options, options.allowEmbed ? '*' : "'none'"),
    share: readPage(join(options.root, 'share.html'), options, '*'),
  };
}

function readPage(file: string, options: StaticWebOptions, ancestors: string): Page | undefined {
  if (!existsSync(file)) return undefined;
  const html = readFileSync(file, 'utf8');
  return { html, headers: pageHeaders({ html, ancestors, extraOrigins: options.extraOrigins }) };
}

/**
 * A policy that lets a page run its own scripts only. Inline scripts (the theme is set before the first paint) are
 * allowed by their hash. Styles may be inline: diagrams and code highlighting set them.
 */
function pageHeaders(input: {
  html: string;
  ancestors: string;
  extraOrigins: readonly string[];
}): Record<string, string> {
  const hashes = [...input.html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(
    ([, code]) =>
      `'sha256-${createHash('sha256')
        .update(code ?? '')
        .digest('base64')}'`,
  );
  const extra = input.extraOrigins.join(' ');
  const policy = [
    "default-src 'self'",
    `script-src 'self' ${hashes.join(' ')} ${extra}`,
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data: blob: https: http:",
    "media-src 'self' data: blob: https:",
    `connect-src 'self' ${extra}`,
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${input.ancestors}`,
  ];
  return {
    'content-security-policy': policy.map((rule) => rule.trim()).join('; '),
    'referrer-policy': 'strict-origin-when-cross-origin',
    'permissions-policy': 'camera=(), geolocation=(), payment=(), usb=()',
    'cache-control': 'no-cache',
    ...(input.ancestors === "'none'" ? { 'x-frame-options': 'DENY' } : {}),
  };
}
