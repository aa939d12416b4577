import { z } from 'zod';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';
import { publicSite, siteSchema } from '../apps/site.ts';
import type { AppStore } from '../apps/store.ts';
import { userField } from '../service-api/schema.ts';
import { answerBody, formErrors as errors, formSchema } from './schema.ts';
import { type HumanInputService, toForm } from './service.ts';

const tag = 'Human input';
const params = z.object({ formToken: z.string() });

/** What these routes need. */
export interface HumanInputRouteOptions {
  forms: HumanInputService;
  apps: AppStore;
  /** Counts an attempt of an address; throws `web_form_rate_limit_exceeded` when it has had too many. */
  formLimit: (ip: string) => Promise<void>;
}

/** Forms that runs wait for: for programs with the app's key, and for people with the form's link (spec: §9, §18.4). */
export function humanInputRoutes({ forms, apps, formLimit }: HumanInputRouteOptions): AnyRoute[] {
  const path = '/form/human_input/:formToken';
  return [
    defineRoute({
      method: 'GET',
      path: `/v1${path}`,
      auth: 'app-key',
      summary: 'A form that a run of the app waits for.',
      tag,
      rate: 'default',
      params,
      response: formSchema,
      errors,
      handler: async ({ principal, params: { formToken } }) =>
        toForm(await forms.find(formToken, { appId: principal.app.id })),
    }),
    defineRoute({
      method: 'POST',
      path: `/v1${path}`,
      auth: 'app-key',
      summary: 'Answers a form; the run goes on.',
      tag,
      rate: 'default',
      params,
      body: answerBody.extend({ user: userField }),
      response: z.object({}),
      errors,
      handler: async ({ principal, params: { formToken }, body }) => {
        await forms.submit(await forms.find(formToken, { appId: principal.app.id }), body);
        return {};
      },
    }),
    defineRoute({
      method: 'GET',
      path: `/console/api${path}`,
      auth: 'console',
      permission: 'app.debug',
      summary: 'A form that a run of an app of the workspace waits for.',
      tag,
      rate: 'default',
      params,
      response: formSchema,
      errors,
      handler: async ({ principal, params: { formToken } }) =>
        toForm(await forms.find(formToken, { scope: principal.scope })),
    }),
    defineRoute({
      method: 'POST',
      path: `/console/api${path}`,
      auth: 'console',
      permission: 'app.debug',
      summary: 'Answers a form in the console; the run goes on.',
      tag,
      rate: 'default',
      params,
      body: answerBody,
      response: z.object({}),
      errors,
      handler: async ({ principal, params: { formToken }, body }) => {
        await forms.submit(await forms.find(formToken, { scope: principal.scope }), body);
        return {};
      },
    }),
    defineRoute({
      method: 'GET',
      path: `/api${path}`,
      auth: 'public',
      summary: 'A form, for whoever has its link.',
      tag,
      rate: 'default',
      params,
      response: formSchema.extend({ site: siteSchema.nullable() }),
      errors: [...errors, 'web_form_rate_limit_exceeded'],
      handler: async ({ params: { formToken }, ip }) => {
        await formLimit(ip);
        const form = await forms.find(formToken);
        const site = await apps.site(forms.scopeOf(form), form.appId);
        return { ...toForm(form), site: site && publicSite(site) };
      },
    }),
    defineRoute({
      method: 'POST',
      path: `/api${path}`,
      auth: 'public',
      summary: 'Answers a form, for whoever has its link.',
      tag,
      rate: 'default',
      params,
      body: answerBody,
      response: z.object({}),
      errors: [...errors, 'web_form_rate_limit_exceeded'],
      handler: async ({ params: { formToken }, body, ip }) => {
        await formLimit(ip);
        await forms.submit(await forms.find(formToken), body);
        return {};
      },
    }),
  ];
}
