import { type JsonObject, objectOf, textOf } from '../graph/json.ts';

/** Something wrong with the settings of moderation. */
export interface ModerationIssue {
  path: string[];
  message: string;
}

const maxPresetLength = 100;
const maxKeywordsLength = 10_000;
const maxKeywordLines = 100;

/** Kinds of moderation that answer with a text of the app's own. */
const typesWithPreset = new Set(['keywords', 'openai_moderation']);

/** What is wrong with the settings of a moderation that is switched on. */
export function moderationIssues(type: string, config: JsonObject): ModerationIssue[] {
  const issues: ModerationIssue[] = [];
  const report = (path: string[], message: string) => issues.push({ path, message });
  if (type === '') report(['type'], 'is required');
  const inputs = objectOf(config['inputs_config']);
  const outputs = objectOf(config['outputs_config']);
  if (inputs['enabled'] !== true && outputs['enabled'] !== true) {
    report(['config'], 'must be switched on for inputs or outputs');
  }
  if (typesWithPreset.has(type)) {
    for (const [key, part] of [
      ['inputs_config', inputs],
      ['outputs_config', outputs],
    ] as const) {
      if (part['enabled'] !== true) continue;
      const preset = textOf(part['preset_response']);
      const path = ['config', key, 'preset_response'];
      if (preset === '') report(path, 'is required');
      if (preset.length > maxPresetLength) report(path, `must have at most ${maxPresetLength} characters`);
    }
  }
  if (type === 'keywords') {
    const keywords = textOf(config['keywords']);
    const path = ['config', 'keywords'];
    if (keywords === '') report(path, 'is required');
    if (keywords.length > maxKeywordsLength)
      report(path, `must have at most ${maxKeywordsLength} characters`);
    if (keywords.split('\n').length > maxKeywordLines)
      report(path, `must have at most ${maxKeywordLines} lines`);
  }
  if (type === 'api' && textOf(config['api_based_extension_id']) === '') {
    report(['config', 'api_based_extension_id'], 'is required');
  }
  return issues;
}
