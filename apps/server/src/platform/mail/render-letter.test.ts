import { describe, expect, it } from 'vitest';
import { renderLetter } from './render-letter.ts';

const url = 'https://apps.example.com/form/abc';
const letter = (body: string, subject = 'Please look') =>
  renderLetter({ to: 'ada@example.com', subject, body, url });
const contentOf = (html: string) => /<div[^>]*>([\s\S]*)<\/div>/.exec(html)?.[1]?.trim();

describe('a letter', () => {
  it('makes markup of plain markdown', () => {
    const { html } = letter('# Draft\n\n**Bold** and `code`\n\n- one\n- two\n\n> quoted\n\n{{#url#}}');
    for (const tag of ['<h1>', '<strong>', '<code>', '<li>', '<blockquote>']) expect(html).toContain(tag);
  });

  it('leads to the link, wherever it stands', () => {
    expect(contentOf(letter('[Answer]({{#url#}})').html)).toBe(`<p><a href="${url}">Answer</a></p>`);
    expect(contentOf(letter('Go to {{#url#}}.').html)).toBe(`<p>Go to <a href="${url}">${url}</a>.</p>`);
    expect(letter('Go to {{#url#}}.').text).toBe(`Go to ${url}.\n`);
  });

  it('has the link at its end when the author forgot it', () => {
    const { html, text } = letter('Please decide.');
    expect(html).toContain(`href="${url}"`);
    expect(text).toBe(`Please decide.\n\n${url}\n`);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](data:text/html,hi)',
    '![spy](https://spy.example/p.png)',
    '<a href="javascript:alert(1)">x</a>',
    '<style>*{display:none}</style>',
    'a\n\n<iframe src="https://x.example"></iframe>',
  ])('leaves %s without effect', (body) => {
    const content = contentOf(letter(body).html) ?? '';
    expect(content).not.toMatch(/<(script|img|style|iframe|object|form|input)\b/i);
    expect(content).not.toMatch(/(href|src)="(javascript|data):/i);
    const tags = [...content.matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag);
    expect(tags.filter((tag) => !['p', 'a', 'br'].includes(tag ?? ''))).toEqual([]);
  });

  it('has a subject of one line that cannot add headers', () => {
    const { subject } = letter('x', `Hello\r\nBcc: all@example.com {{#url#}}${'x'.repeat(400)}`);
    expect(subject).toMatch(/^Hello Bcc: all@example\.com x+$/);
    expect(subject).not.toMatch(/[\r\n]/);
    expect(subject).toHaveLength(200);
  });
});
