import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../api/model-config.ts';
import { renameInPrompts, splitPrompt, unknownVariables, usedVariables } from './prompt-variables.ts';

describe('placeholders in prompts', () => {
  it.each([
    ['Hello {{name}}!', ['name']],
    ['{{a}} {{b}} {{a}}', ['a', 'b']],
    ['{{城市}} and {{_x1}}', ['城市', '_x1']],
    ['{{1st}} {{ spaced }} {{#context#}} {single}', []],
    [`{{${'x'.repeat(31)}}}`, []],
  ])('%s', (prompt, names) => {
    expect(usedVariables(prompt)).toEqual(names);
  });

  it('is the same prompt when the pieces are joined', () => {
    const prompt = 'a{{b}}c {{d}}{{e}}\n{{';
    expect(
      splitPrompt(prompt)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(prompt);
  });

  it('names those without a variable', () => {
    const variables = [{ type: 'text-input' as const, label: '', variable: 'a', required: false }];
    expect(unknownVariables('{{a}} {{b}}', variables)).toEqual(['b']);
  });

  it('follows a renamed variable through every text', () => {
    const config = {
      pre_prompt: 'Be {{tone}}',
      opening_statement: 'Hi {{tone}} {{tones}}',
      chat_prompt_config: { prompt: [{ role: 'system', text: '{{tone}}' }] },
    } as unknown as ModelConfig;
    expect(renameInPrompts(config, 'tone', 'style')).toMatchObject({
      pre_prompt: 'Be {{style}}',
      opening_statement: 'Hi {{style}} {{tones}}',
      chat_prompt_config: { prompt: [{ role: 'system', text: '{{style}}' }] },
    });
  });
});
