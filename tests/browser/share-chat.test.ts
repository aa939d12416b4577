import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityProblems, chromiumPath, keepScreen, launchChromium, newVisitor } from './chromium.ts';
import * as data from './fixtures.ts';
import { eventStream, mockApi, type Overrides } from './mock-api.ts';
import { serveWebBuild, type WebBuild } from './web-build.ts';

const base = { task_id: 't', message_id: 'm', conversation_id: 'conversation-1' };
const answerWith = (answer: string, more: readonly object[] = []) =>
  eventStream([
    { event: 'message', ...base, answer },
    { event: 'message_end', ...base, metadata: {} },
    ...more.map((event) => ({ ...base, ...event })),
  ]);

const diagram = `Here it is:

\`\`\`mermaid
flowchart LR
  A[Harbour] --> B[Sea]
  click A "javascript:window.hacked=1"
  B --> C["<img src=x onerror='window.hacked=2'>"]
\`\`\`
`;

describe.skipIf(!chromiumPath)('talking with a published app', () => {
  let web: WebBuild;
  let browser: Browser;
  let visitor: BrowserContext;
  let page: Page;
  const faults: string[] = [];
  beforeAll(async () => {
    [web, browser] = await Promise.all([serveWebBuild(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await web?.close();
  });
  beforeEach(async () => {
    visitor = await newVisitor(browser);
    page = await visitor.newPage();
    page.setDefaultTimeout(8000);
    page.on('pageerror', (error) => faults.push(String(error)));
  });
  afterEach(async () => {
    await visitor.close();
    expect(faults.splice(0)).toEqual([]);
  });

  const open = async (path: string, overrides: Overrides) => {
    await mockApi(page, 'data', overrides);
    await page.goto(web.url + path);
  };
  const withFeatures = (features: object): Overrides[number] => [
    /\/api\/parameters$/,
    (route: Route) => route.fulfill({ json: { ...data.shareParameters, ...features } }),
  ];
  const ask = async (text: string) => {
    await page.getByRole('textbox', { name: 'Your message' }).fill(text);
    await page.keyboard.press('Enter');
  };

  it('draws diagrams as pictures in which nothing runs, and shows their text on demand', async () => {
    await open('/chat/code', [[/\/api\/chat-messages$/, (route) => route.fulfill(answerWith(diagram))]]);
    await ask('Draw it');
    const picture = page.getByRole('img', { name: 'Diagram' });
    await picture.waitFor({ timeout: 20_000 });
    expect(await picture.getAttribute('src')).toMatch(/^data:image\/svg\+xml/);
    expect(await page.evaluate('document.querySelector("img[alt=Diagram]").naturalWidth')).toBeGreaterThan(
      50,
    );
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    await keepScreen(page, 'share-diagram-light');
    await page.getByRole('radio', { name: 'Text' }).click();
    await page.getByText('flowchart LR').waitFor();
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('leaves what is no diagram as the text that it is', async () => {
    await open('/chat/code', [
      [
        /\/api\/chat-messages$/,
        (route) => route.fulfill(answerWith('```mermaid\nthis is no diagram {{{\n```')),
      ],
    ]);
    await ask('Draw it');
    await page.getByText('this is no diagram').waitFor();
    await page.waitForTimeout(1500);
    expect(await page.getByText('this is no diagram').count()).toBe(1);
    expect(await page.getByRole('img', { name: 'Diagram' }).count()).toBe(0);
  });

  it('writes down what is said, to be changed before it is sent', async () => {
    let sent = '';
    await open('/chat/code', [
      withFeatures({ speech_to_text: { enabled: true } }),
      [
        /\/api\/audio-to-text$/,
        async (route) => {
          sent = route.request().postData() ?? '';
          await route.fulfill({ json: { text: 'How deep is it' } });
        },
      ],
    ]);
    await page.getByRole('textbox', { name: 'Your message' }).fill('Tell me:');
    await page.getByRole('button', { name: 'Speak instead of typing' }).click();
    await page.getByRole('timer', { name: 'Recording' }).waitFor();
    await page.waitForTimeout(300);
    await keepScreen(page, 'share-recording');
    await page.getByRole('button', { name: 'Done speaking' }).click();
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Your message' }).inputValue())
      .toBe('Tell me: How deep is it');
    expect(sent).toContain('filename="recording.webm"');
  });

  it('says why a recording could not be written down', async () => {
    await open('/chat/code', [
      withFeatures({ speech_to_text: { enabled: true } }),
      [
        /\/api\/audio-to-text$/,
        (route) =>
          route.fulfill({
            status: 400,
            json: { code: 'audio_too_large', message: 'Too large.', status: 400 },
          }),
      ],
    ]);
    await page.getByRole('button', { name: 'Speak instead of typing' }).click();
    await page.getByRole('timer').waitFor();
    await page.getByRole('button', { name: 'Done speaking' }).click();
    await page.getByText('Too large.').first().waitFor();
    await page.getByRole('button', { name: 'Speak instead of typing' }).waitFor();
  });

  it('reads answers aloud on demand, and by itself where the app says so', async () => {
    const asked: string[] = [];
    await page.addInitScript(`
      globalThis.sounds = [];
      globalThis.Audio = class extends EventTarget {
        constructor(src) { super(); this.src = src; sounds.push(src); }
        play() { return Promise.resolve(); }
        pause() {}
      };`);
    await open('/chat/code', [
      withFeatures({ text_to_speech: { enabled: true, autoPlay: 'enabled' } }),
      [
        /\/api\/chat-messages$/,
        (route) =>
          route.fulfill(
            answerWith('Ahoy', [
              { event: 'tts_message', audio: 'SUQz' },
              { event: 'tts_message_end', audio: '' },
            ]),
          ),
      ],
      [
        /\/api\/text-to-audio$/,
        async (route) => {
          asked.push((route.request().postDataJSON() as { message_id: string }).message_id);
          await route.fulfill({ contentType: 'audio/mpeg', body: 'ID3' });
        },
      ],
    ]);
    await ask('Greet me');
    await expect.poll(() => page.evaluate('sounds.length')).toBe(1);
    await page.getByRole('button', { name: /Stop reading/ }).click();
    await page.getByRole('button', { name: 'Read aloud' }).click();
    await expect.poll(() => page.evaluate('sounds.length')).toBe(2);
    expect(asked).toEqual(['m']);
  });

  it('asks a changed question in place of the old one, and keeps both', async () => {
    const parents: unknown[] = [];
    let count = 0;
    await open('/chat/code', [
      [
        /\/api\/chat-messages$/,
        async (route) => {
          parents.push((route.request().postDataJSON() as { parent_message_id: unknown }).parent_message_id);
          count += 1;
          await route.fulfill(
            eventStream([
              { event: 'message', ...base, message_id: `m${count}`, answer: `Answer ${count}` },
              { event: 'message_end', ...base, message_id: `m${count}`, metadata: {} },
            ]),
          );
        },
      ],
    ]);
    await ask('First question');
    await page.getByText('Answer 1').waitFor();
    await ask('Second question');
    await page.getByText('Answer 2').waitFor();
    await page.getByText('Second question').hover();
    await page.getByRole('button', { name: 'Change the question' }).last().click();
    await page.getByRole('textbox', { name: 'Change the question' }).fill('Second, better');
    await keepScreen(page, 'share-edit');
    await page.getByRole('button', { name: 'Ask again' }).click();
    await page.getByText('Answer 3').waitFor();
    expect(await page.getByText('Second question', { exact: true }).count()).toBe(0);
    expect(parents).toEqual([null, 'm1', 'm1']);
    await page.getByRole('button', { name: 'Previous answer' }).click();
    await page.getByText('Second question', { exact: true }).waitFor();
    await page.getByText('Answer 2').waitFor();
  });

  it('can be installed as an app with its own name, icon and colour', async () => {
    await open('/chat/hR4tQ2mZx8LbVn3K', []);
    await page.getByRole('textbox', { name: 'Your message' }).waitFor();
    const head = (await page.evaluate(`({
      manifest: document.querySelector('link[rel=manifest]')?.getAttribute('href'),
      touch: document.querySelector('link[rel=apple-touch-icon]')?.href.slice(0, 22),
      title: document.querySelector('meta[name=apple-mobile-web-app-title]')?.content,
      capable: document.querySelector('meta[name=apple-mobile-web-app-capable]')?.content,
    })`)) as Record<string, string>;
    expect(head).toEqual({
      manifest: '/api/webapp/manifest?appCode=hR4tQ2mZx8LbVn3K',
      touch: 'data:image/png;base64,',
      title: 'Support assistant',
      capable: 'yes',
    });
  });
});
