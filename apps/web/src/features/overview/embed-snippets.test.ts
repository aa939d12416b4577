import { describe, expect, it } from 'vitest';
import { embedSnippet } from './embed-snippets.ts';

const target = { origin: 'https://chat.example', code: 'CODE' };

describe('what is pasted into another site', () => {
  it('names the app in the configuration and as the id of the script', () => {
    const html = embedSnippet('bubble', { ...target, mode: 'chat' });
    expect(html).toContain("token: 'CODE'");
    expect(html).toContain('src="https://chat.example/embed.min.js" id="CODE" defer');
  });

  it.each([
    ['chat', '/chatbot/CODE'],
    ['advanced-chat', '/chatbot/CODE'],
    ['completion', '/completion/CODE'],
    ['workflow', '/workflow/CODE'],
  ])('frames the page of a %s app', (mode, path) => {
    expect(embedSnippet('frame', { ...target, mode })).toContain(`src="https://chat.example${path}"`);
  });
});
