import { z } from 'zod';
import type { Site } from './store.ts';

/** A site as programs and visitors see it (spec: service API §14.4). */
export const siteSchema = z.object({
  title: z.string(),
  chat_color_theme: z.string().nullable(),
  chat_color_theme_inverted: z.boolean(),
  icon_type: z.string(),
  icon: z.string().nullable(),
  icon_background: z.string().nullable(),
  icon_url: z.string().nullable(),
  description: z.string(),
  copyright: z.string().nullable(),
  privacy_policy: z.string().nullable(),
  input_placeholder: z.string().nullable(),
  custom_disclaimer: z.string(),
  default_language: z.string(),
  prompt_public: z.boolean(),
  show_workflow_steps: z.boolean(),
  use_icon_as_answer_icon: z.boolean(),
});

/** See {@link siteSchema}. */
export function publicSite(site: Site): z.infer<typeof siteSchema> {
  return {
    title: site.title,
    chat_color_theme: site.chatColorTheme,
    chat_color_theme_inverted: site.chatColorThemeInverted,
    icon_type: site.iconType,
    icon: site.icon,
    icon_background: site.iconBackground,
    icon_url: null,
    description: site.description,
    copyright: site.copyright,
    privacy_policy: site.privacyPolicy,
    input_placeholder: site.inputPlaceholder,
    custom_disclaimer: site.customDisclaimer,
    default_language: site.defaultLanguage,
    prompt_public: site.promptPublic,
    show_workflow_steps: site.showWorkflowSteps,
    use_icon_as_answer_icon: site.useIconAsAnswerIcon,
  };
}
