import { z } from 'zod';
import { invalidParam, notFound } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { isUniqueViolation } from '../../schema/database.ts';
import { resultSchema, success } from '../accounts/schema.ts';
import type { AppService } from './app-service.ts';
import type { TagStore } from './tag-store.ts';

const tag = 'Tags';
const types = z.enum(['app', 'knowledge', 'snippet']);
const tagSchema = z.object({ id: z.string(), name: z.string(), type: types, binding_count: z.number() });
const nameField = z.string().trim().min(1, 'is required').max(50, 'must have at most 50 characters');

/** Tags and what carries them (spec: console §3.6). */
export function tagRoutes({ tags, appService }: { tags: TagStore; appService: AppService }): AnyRoute[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/console/api/tags',
      auth: 'console',
      permission: 'tag.read',
      summary: 'The tags of a type with how often each is used.',
      tag,
      rate: 'default',
      query: z.object({ type: types.default('app'), keyword: z.string().optional() }),
      response: z.array(tagSchema),
      handler: async ({ principal, query }) =>
        (await tags.list(principal.scope, query)).map((row) => ({
          id: row.id,
          name: row.name,
          type: row.type,
          binding_count: row.bindingCount,
        })),
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/tags',
      auth: 'console',
      permission: 'tag.manage',
      summary: 'Makes a tag.',
      tag,
      rate: 'default',
      body: z.object({ name: nameField, type: types }),
      response: tagSchema,
      errors: ['invalid_param'],
      handler: async ({ principal, body }) => {
        const row = await unlessTaken(
          tags.insert(principal.scope, { ...body, accountId: principal.account.id }),
        );
        return { id: row.id, name: row.name, type: row.type, binding_count: 0 };
      },
    }),
    defineRoute({
      method: 'PATCH',
      path: '/console/api/tags/:tagId',
      auth: 'console',
      permission: 'tag.manage',
      summary: 'Renames a tag.',
      tag,
      rate: 'default',
      params: z.object({ tagId: z.uuid() }),
      body: z.object({ name: nameField }),
      response: tagSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, params, body }) => {
        const row = await tags.find(principal.scope, params.tagId);
        if (!row) throw notFound('Tag not found.');
        await unlessTaken(tags.rename(principal.scope, row.id, body.name));
        await appService.announceTags(principal.scope);
        return { id: row.id, name: body.name, type: row.type, binding_count: 0 };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/console/api/tags/:tagId',
      auth: 'console',
      permission: 'tag.manage',
      summary: 'Removes a tag from everything.',
      tag,
      rate: 'default',
      params: z.object({ tagId: z.uuid() }),
      answers: 'nothing',
      errors: ['not_found'],
      handler: async ({ principal, params }) => {
        if (!(await tags.remove(principal.scope, params.tagId))) throw notFound('Tag not found.');
        await appService.announceTags(principal.scope);
        return undefined;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/tag-bindings',
      auth: 'console',
      permission: 'tag.manage',
      summary: 'Puts tags on an app.',
      tag,
      rate: 'default',
      body: z.object({ tag_ids: z.array(z.uuid()).min(1), target_id: z.uuid(), type: types }),
      response: resultSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, body }) => {
        await appService.find(principal.scope, body.target_id);
        await tags.bind(principal.scope, {
          tagIds: body.tag_ids,
          targetId: body.target_id,
          type: body.type,
          accountId: principal.account.id,
        });
        await appService.announceTags(principal.scope);
        return success;
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/console/api/tag-bindings/remove',
      auth: 'console',
      permission: 'tag.manage',
      summary: 'Takes a tag off an app.',
      tag,
      rate: 'default',
      body: z.object({ tag_id: z.uuid(), target_id: z.uuid(), type: types.optional() }),
      response: resultSchema,
      errors: ['not_found', 'invalid_param'],
      handler: async ({ principal, body }) => {
        await appService.find(principal.scope, body.target_id);
        await tags.unbind(principal.scope, body.tag_id, body.target_id);
        await appService.announceTags(principal.scope);
        return success;
      },
    }),
  ];
}

/** A name that another tag of the type has is the caller's mistake. */
async function unlessTaken<T>(write: Promise<T>): Promise<T> {
  try {
    return await write;
  } catch (error) {
    if (isUniqueViolation(error)) throw invalidParam('name: there is a tag of this name already', 'name');
    throw error;
  }
}
