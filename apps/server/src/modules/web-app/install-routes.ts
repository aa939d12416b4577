import { z } from 'zod';
import { notFound } from '../../platform/errors.ts';
import { type AnyRoute, BinaryReply, defineRoute } from '../../platform/http/route.ts';
import type { AppMode, Site } from '../apps/store.ts';
import { tag, type WebAppRouteOptions } from './options.ts';

const query = z.object({ appCode: z.string() });
const plainBackground = '#E3F1E6';

const iconSchema = z.object({ src: z.string(), sizes: z.string(), type: z.string(), purpose: z.string() });
const manifestSchema = z.object({
  id: z.string(),
  name: z.string(),
  short_name: z.string(),
  description: z.string(),
  lang: z.string(),
  start_url: z.string(),
  scope: z.string(),
  display: z.literal('standalone'),
  background_color: z.string(),
  theme_color: z.string(),
  icons: z.array(iconSchema),
});

/** What a browser asks for to install a public page as an app of its own; it sends no passport with these. */
export function installRoutes({ access, apps }: Pick<WebAppRouteOptions, 'access' | 'apps'>): AnyRoute[] {
  async function find(code: string) {
    const { app, scope } = await access.bySiteCode(code);
    const site = await apps.site(scope, app.id);
    if (!site) throw notFound('This web app does not exist or is switched off.');
    return { app, site };
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/webapp/manifest',
      auth: 'public',
      summary: 'The web app manifest of a public page: its name, colour and icon as an installed app.',
      tag,
      rate: 'default',
      query,
      response: manifestSchema,
      errors: ['not_found'],
      handler: async ({ query: { appCode } }) => {
        const { app, site } = await find(appCode);
        return manifestOf(site, { code: appCode, mode: app.mode });
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/webapp/icon',
      auth: 'public',
      summary: 'The icon of a public page.',
      tag,
      rate: 'default',
      query,
      answers: 'bytes',
      mediaType: 'image/svg+xml',
      errors: ['not_found'],
      handler: async ({ query: { appCode } }) => {
        const { site } = await find(appCode);
        return new BinaryReply(Buffer.from(iconOf(site)), {
          'content-type': 'image/svg+xml',
          'content-security-policy': "default-src 'none'; sandbox",
          'x-content-type-options': 'nosniff',
          'cache-control': 'public, max-age=3600',
        });
      },
    }),
  ];
}

function manifestOf(site: Site, app: { code: string; mode: AppMode }): z.infer<typeof manifestSchema> {
  const kind = app.mode === 'completion' || app.mode === 'workflow' ? app.mode : 'chat';
  const address = `/${kind}/${encodeURIComponent(app.code)}`;
  const icon = {
    src: `/api/webapp/icon?appCode=${encodeURIComponent(app.code)}`,
    sizes: 'any',
    type: 'image/svg+xml',
  };
  return {
    id: address,
    name: site.title,
    short_name: site.title.length > 12 ? `${site.title.slice(0, 11)}…` : site.title,
    description: site.description,
    lang: site.defaultLanguage,
    start_url: address,
    scope: address,
    display: 'standalone',
    background_color: '#FAF9F5',
    theme_color: backgroundOf(site),
    icons: ['any', 'maskable'].map((purpose) => ({ ...icon, purpose })),
  };
}

function backgroundOf(site: Site): string {
  return /^#[0-9a-f]{3,8}$/i.test(site.iconBackground ?? '') ? String(site.iconBackground) : plainBackground;
}

/** An emoji on its background; the first letter of the title where the icon is a picture. */
function iconOf(site: Site): string {
  const sign = (site.iconType === 'emoji' && site.icon) || [...site.title][0] || '🤖';
  const text = sign.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">' +
    `<rect width="512" height="512" fill="${backgroundOf(site)}"/>` +
    '<text x="256" y="256" font-size="260" font-family="sans-serif" text-anchor="middle" ' +
    `dominant-baseline="central">${text}</text></svg>`
  );
}
