import { z } from 'zod';
import { ApiError } from '../../platform/errors.ts';
import { type AnyRoute, defineRoute } from '../../platform/http/route.ts';

const tag = 'System';

/** What the system routes tell. */
export interface SystemRouteOptions {
  version: string;
  features: SystemFeatures;
  /** Throws when a part that requests depend on is not reachable. */
  checkReady: () => Promise<void>;
}

/** Switches of the installation that pages read before anybody has signed in. */
export interface SystemFeatures {
  passwordSignIn: boolean;
  codeSignIn: boolean;
  allowRegister: boolean;
  allowCreateWorkspace: boolean;
  mailIsSetUp: boolean;
}

const featuresSchema = z.looseObject({
  enable_email_password_login: z.boolean(),
  enable_email_code_login: z.boolean(),
  is_allow_register: z.boolean(),
  is_email_setup: z.boolean(),
});

/** Health, version and switches (spec: console §3.2, §5.7; service API §18.3). */
export function systemRoutes(options: SystemRouteOptions): AnyRoute[] {
  const features = wireFeatures(options.features);
  return [
    defineRoute({
      method: 'GET',
      path: '/health',
      auth: 'public',
      summary: 'Whether the process answers; asks nothing else.',
      tag,
      rate: 'none',
      response: z.object({ status: z.literal('ok'), pid: z.number(), version: z.string() }),
      handler: async () => ({ status: 'ok' as const, pid: process.pid, version: options.version }),
    }),
    defineRoute({
      method: 'GET',
      path: '/health/ready',
      auth: 'public',
      summary: 'Whether requests can be served: the database and the file store answer.',
      tag,
      rate: 'none',
      response: z.object({ status: z.literal('ok') }),
      errors: ['service_unavailable'],
      handler: async () => {
        try {
          await options.checkReady();
        } catch (cause) {
          throw new ApiError('service_unavailable', undefined, { cause });
        }
        return { status: 'ok' as const };
      },
    }),
    ...['/console/api/system-features', '/api/system-features'].map((path) =>
      defineRoute({
        method: 'GET',
        path,
        auth: 'public',
        summary: 'Switches of the installation.',
        tag,
        rate: 'default',
        response: featuresSchema,
        handler: async () => features,
      }),
    ),
    defineRoute({
      method: 'GET',
      path: '/console/api/version',
      auth: 'public',
      summary: 'The version that runs here.',
      tag,
      rate: 'default',
      query: z.object({ current_version: z.string().optional() }),
      response: z.object({
        version: z.string(),
        release_date: z.string(),
        release_notes: z.string(),
        can_auto_update: z.boolean(),
        features: z.record(z.string(), z.unknown()),
      }),
      handler: async () => ({
        version: options.version,
        release_date: '',
        release_notes: '',
        can_auto_update: false,
        features: {},
      }),
    }),
  ];
}

function wireFeatures(features: SystemFeatures) {
  return {
    app_dsl_version: '0.6.0',
    sso_enforced_for_signin: false,
    sso_enforced_for_signin_protocol: '',
    enable_marketplace: false,
    max_plugin_package_size: 52_428_800,
    enable_email_code_login: features.codeSignIn,
    enable_email_password_login: features.passwordSignIn,
    enable_social_oauth_login: false,
    enable_collaboration_mode: false,
    is_allow_register: features.allowRegister,
    is_allow_create_workspace: features.allowCreateWorkspace,
    is_email_setup: features.mailIsSetUp,
    license: { status: 'none', expired_at: '', workspaces: { enabled: false, size: 0, limit: 0 } },
    branding: { enabled: false, application_title: '', login_page_logo: '', workspace_logo: '', favicon: '' },
    webapp_auth: {
      enabled: false,
      allow_sso: false,
      sso_config: { protocol: '' },
      allow_email_code_login: false,
      allow_email_password_login: false,
    },
    plugin_installation_permission: { plugin_installation_scope: 'all', restrict_to_marketplace_only: false },
    enable_change_email: true,
    plugin_manager: { enabled: false },
    trial_models: [],
    enable_creators_platform: false,
    enable_trial_app: false,
    enable_explore_banner: false,
  };
}
