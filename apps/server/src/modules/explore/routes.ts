import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AppFile, readAppFile } from '@trellis/graph';
import { z } from 'zod';
import { notFound } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';

const folder = join(import.meta.dirname, '../../../templates');
const tag = 'Explore';

/** An app file that ships with the product, to begin from. Its id is its file's name. */
interface Template {
  id: string;
  text: string;
  file: AppFile;
}

const appSchema = z.object({
  id: z.string(),
  name: z.string(),
  mode: z.string(),
  icon_type: z.string(),
  icon: z.string(),
  icon_background: z.string().nullable(),
});

/** Apps to begin from (spec: console §3.6). */
export function exploreRoutes(): AnyRoute[] {
  // Read at first use: most starts never need them.
  let known: Template[] | undefined;
  const templates = (): Template[] => (known ??= readTemplates());
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/explore/apps',
      auth: 'console',
      permission: 'app.list',
      summary: 'Apps to begin from.',
      tag,
      rate: 'default',
      query: z.object({ language: z.string().optional() }),
      response: z.object({
        recommended_apps: z.array(
          z.object({ app_id: z.string(), category: z.string(), description: z.string(), app: appSchema }),
        ),
        categories: z.array(z.string()),
      }),
      handler: async () => {
        const shown = templates().map((template) => ({
          app_id: template.id,
          category: categoryOf(template),
          description: template.file.app.description,
          app: present(template),
        }));
        return { recommended_apps: shown, categories: [...new Set(shown.map((item) => item.category))] };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/console/api/explore/apps/:templateId',
      auth: 'console',
      permission: 'app.list',
      summary: 'An app to begin from, with its app file.',
      tag,
      rate: 'default',
      params: z.object({ templateId: z.string() }),
      response: z.object({
        id: z.string(),
        name: z.string(),
        mode: z.string(),
        icon: z.string(),
        icon_background: z.string().nullable(),
        export_data: z.string(),
      }),
      errors: ['not_found'],
      handler: async ({ params }) => {
        const template = templates().find((candidate) => candidate.id === params.templateId);
        if (!template) throw notFound('Template not found.');
        const { id, name, mode, icon, icon_background: iconBackground } = present(template);
        return { id, name, mode, icon, icon_background: iconBackground, export_data: template.text };
      },
    }),
  ];
}

function readTemplates(): Template[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(folder, name), 'utf8');
      return { id: name.slice(0, -'.yml'.length), text, file: readAppFile(text).file };
    });
}

function categoryOf(template: Template): string {
  return template.file.mode === 'completion' ? 'Writing' : 'Assistants';
}

function present({ id, file }: Template): z.infer<typeof appSchema> {
  return {
    id,
    name: file.app.name,
    mode: file.mode,
    icon_type: 'emoji',
    icon: file.app.icon ?? '🤖',
    icon_background: file.app.icon_background ?? null,
  };
}
