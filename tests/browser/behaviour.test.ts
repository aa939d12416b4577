import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessibilityProblems, chromiumPath, keepScreen, launchChromium, newVisitor } from './chromium.ts';
import * as data from './fixtures.ts';
import { eventStream, mockApi, type Overrides } from './mock-api.ts';
import { serveWebBuild, type WebBuild } from './web-build.ts';

describe.skipIf(!chromiumPath)('behaviour that a picture does not show', () => {
  let web: WebBuild;
  let browser: Browser;
  let visitor: BrowserContext;
  let page: Page;
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
  });
  afterEach(() => visitor.close());

  const open = async (path: string, overrides: Overrides = []) => {
    await mockApi(page, 'data', overrides);
    await page.goto(web.url + path);
  };
  /** Counts the scripts that the page loads from now on, compressed; call the result for the sum in kB. */
  const countScripts = (counts: (url: string) => boolean) => {
    const sizes = new Map<string, Promise<number>>();
    page.on('response', (response) => {
      const url = response.url();
      // A preloaded file is reported again when it is used; it travelled once.
      if (!url.endsWith('.js') || !counts(url) || sizes.has(url)) return;
      // A chunk that is still on its way when the page is left does not count.
      const size = response.body().then(
        (body) => gzipSync(body).length,
        () => 0,
      );
      sizes.set(url, size);
    });
    return async () => (await Promise.all(sizes.values())).reduce((sum, size) => sum + size, 0) / 1000;
  };
  const refuse =
    (status: number, code: string, message = code) =>
    (route: Route) =>
      route.fulfill({ status, json: { code, message, status } });

  describe('the session', () => {
    it('is renewed once for all calls that need it, and they are repeated', async () => {
      let renewed = 0;
      const seen: string[] = [];
      const guarded = (body: object) => async (route: Route) => {
        seen.push(new URL(route.request().url()).pathname);
        await (renewed ? route.fulfill({ json: body }) : refuse(401, 'unauthorized')(route));
      };
      await open('/account', [
        [/\/account\/profile$/, guarded(data.profile)],
        [/\/workspaces\/current$/, guarded(data.workspace)],
        [
          /\/refresh-token$/,
          async (route) => {
            renewed += 1;
            await route.fulfill({ json: { result: 'success' } });
          },
        ],
      ]);
      await page.getByRole('heading', { name: 'Account' }).waitFor();
      expect(renewed).toBe(1);
      expect(seen.filter((path) => path.endsWith('/profile'))).toHaveLength(2);
    });

    it('leads to sign-in with the way back when it cannot be renewed', async () => {
      await open('/app/app-1/logs?period=28d', [
        [/\/account\/profile$/, refuse(401, 'unauthorized')],
        [/\/refresh-token$/, refuse(401, 'unauthorized')],
      ]);
      await page.waitForURL('**/signin?*');
      expect(new URL(page.url()).searchParams.get('redirect_url')).toBe('/app/app-1/logs?period=28d');
    });

    it('never leads to another site after sign-in', async () => {
      await open('/signin?redirect_url=//evil.example/phish', [
        [/\/login$/, (route) => route.fulfill({ json: { result: 'success' } })],
      ]);
      await page.getByLabel('E-mail').fill('ada@example.com');
      await page.getByLabel('Password', { exact: true }).fill('some-password-1');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${web.url}/apps`);
    });

    it('proves with every change that it comes from this page', async () => {
      const csrf: (string | null)[] = [];
      await visitor.addCookies([{ name: 'csrf_token', value: 'proof-1', url: web.url }]);
      await open('/account', [
        [
          /\/account\/name$/,
          async (route) => {
            csrf.push((await route.request().headerValue('x-csrf-token')) ?? null);
            await route.fulfill({ json: { ...data.profile, name: 'Ada M.' } });
          },
        ],
      ]);
      await page.getByLabel('Your name').fill('Ada M.');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved', { exact: true }).waitFor();
      expect(csrf).toEqual(['proof-1']);
    });
  });

  describe('the app list', () => {
    it('keeps its filters in the address, where reload and back find them', async () => {
      await open('/apps');
      await page.getByText('Release note writer').waitFor();
      await page.getByRole('combobox', { name: 'Kind of app' }).click();
      await page.getByRole('option', { name: 'Text generator' }).click();
      await page.getByText('Support assistant').waitFor({ state: 'detached' });
      expect(page.url()).toContain('mode=completion');
      await page.reload();
      await page.getByText('Release note writer').waitFor();
      expect(await page.getByText('Support assistant').count()).toBe(0);
      await page.goBack();
      await page.getByText('Support assistant').waitFor();
    });

    it('asks for the name before an app is deleted', async () => {
      let removed = 0;
      await open('/apps', [
        [
          /\/apps\/app-1$/,
          async (route) => {
            if (route.request().method() === 'DELETE') removed += 1;
            await route.fulfill({ status: 204 });
          },
        ],
      ]);
      await page.getByRole('button', { name: 'Actions for Support assistant' }).click();
      await page.getByRole('menuitem', { name: 'Delete app' }).click();
      const confirm = page.getByRole('dialog').getByRole('button', { name: 'Delete app' });
      expect(await confirm.isDisabled()).toBe(true);
      await page.getByLabel(/Type .Support assistant. to confirm/).fill('Support assistant');
      await confirm.click();
      await page.getByText('Support assistant was deleted').waitFor();
      expect(removed).toBe(1);
    });

    it('asks before a file of another version is imported', async () => {
      const pending = {
        id: 'import-1',
        status: 'pending',
        app_id: null,
        app_mode: 'chat',
        current_dsl_version: '0.6.0',
        imported_dsl_version: '0.9.0',
        error: '',
      };
      await open('/apps#create', [
        [
          /\/apps\/imports\/import-1\/confirm$/,
          (route) => route.fulfill({ json: { ...pending, status: 'completed', app_id: 'app-1' } }),
        ],
        [/\/apps\/imports$/, (route) => route.fulfill({ status: 202, json: pending })],
      ]);
      await page.getByRole('tab', { name: 'Import a file' }).click();
      await page.getByLabel('Choose a file or drop it here').setInputFiles({
        name: 'app.yml',
        mimeType: 'application/yaml',
        buffer: Buffer.from('kind: app'),
      });
      await page.getByRole('button', { name: 'Import', exact: true }).click();
      await page.getByText('version 0.9.0').waitFor();
      await page.getByRole('button', { name: 'Import anyway' }).click();
      await page.waitForURL('**/app/app-1/configuration');
    });
  });

  describe('the studio', () => {
    it('does not overwrite what somebody else saved, and takes theirs when asked', async () => {
      let refused = false;
      await open('/app/app-1/configuration', [
        [
          /\/model-config\/draft$/,
          async (route) => {
            if (route.request().method() === 'GET') {
              const theirs = { ...data.draft.model_config, pre_prompt: 'Written by Jun.' };
              await route.fulfill({
                json: refused ? { ...data.draft, hash: 'hash-2', model_config: theirs } : data.draft,
              });
            } else {
              refused = true;
              await refuse(400, 'draft_model_config_not_sync')(route);
            }
          },
        ],
      ]);
      await page.getByRole('textbox', { name: 'Instructions' }).fill('Written by Ada.');
      await page.getByRole('dialog', { name: 'Somebody else changed this app' }).waitFor();
      await page.getByRole('button', { name: 'Take theirs' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await page.getByRole('textbox', { name: 'Instructions' }).inputValue()).toBe('Written by Jun.');
    });

    it('names the parts of an imported app that it keeps and cannot use yet', async () => {
      await open('/app/app-1/configuration');
      const kept = page.getByRole('region', { name: 'Kept, not available yet' });
      await kept.getByText('Agent with tools').waitFor();
      await kept.getByText('Weather forecast').waitFor();
    });

    it('makes an earlier version the draft, and takes that back', async () => {
      await open('/app/app-1/configuration?panel=versions', [
        [
          /\/model-config\/versions$/,
          (route) =>
            route.fulfill({
              json: {
                page: 1,
                limit: 20,
                has_more: false,
                data: [
                  {
                    ...data.configVersions[1],
                    model_config: { ...data.modelConfig, pre_prompt: 'As it was before.' },
                  },
                ],
              },
            }),
        ],
        [/\/model-config\/draft$/, (route) => route.fulfill({ json: { ...data.draft, hash: 'hash-2' } })],
      ]);
      await page.getByRole('button', { name: 'Restore' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).last().click();
      const instructions = page.getByRole('textbox', { name: 'Instructions' });
      await expect.poll(() => instructions.inputValue()).toBe('As it was before.');
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => instructions.inputValue()).toContain('You help customers');
    });

    it('says under the answer why a run failed, and tries again', async () => {
      let runs = 0;
      await open('/app/app-1/configuration', [
        [
          /\/chat-messages$/,
          async (route) => {
            runs += 1;
            const envelope = { task_id: 't', conversation_id: 'c', message_id: `m${runs}` };
            await route.fulfill(
              eventStream(
                runs === 1
                  ? [
                      { event: 'message', answer: 'Half an', ...envelope },
                      {
                        event: 'error',
                        code: 'completion_request_error',
                        message: '[openai] Rate limit reached',
                        status: 400,
                      },
                    ]
                  : [
                      { event: 'message', answer: 'A whole answer', ...envelope },
                      { event: 'message_end', metadata: { usage: data.usage }, ...envelope },
                    ],
              ),
            );
          },
        ],
        [/\/suggested-questions$/, (route) => route.fulfill({ json: { data: ['And the price?'] } })],
      ]);
      await page.getByRole('textbox', { name: 'Your message' }).fill('Hello');
      await page.keyboard.press('Enter');
      await page.getByText('[openai] Rate limit reached').waitFor();
      await page.getByText('Half an').waitFor();
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('A whole answer').waitFor();
      await page.getByText('2/2').waitFor();
      await page.getByText('276 tokens').waitFor();
      await page.getByRole('button', { name: 'And the price?' }).waitFor();
      await page.getByRole('button', { name: 'Previous answer' }).click();
      await page.getByText('Half an').waitFor();
    });

    it('drops parameters that the new model does not take, and says which', async () => {
      let saved: { model_config?: { model?: { name: string; completion_params: object } } } = {};
      await open('/app/app-1/configuration', [
        [
          /\/model-config\/draft$/,
          async (route) => {
            if (route.request().method() === 'GET') return route.fulfill({ json: data.draft });
            saved = route.request().postDataJSON() as typeof saved;
            return route.fulfill({ json: { result: 'success', hash: 'h', updated_at: 1 } });
          },
        ],
        [
          /\/models\/parameter-rules$/,
          (route) =>
            route.fulfill({
              json: {
                data: new URL(route.request().url()).searchParams.get('model')?.startsWith('demo')
                  ? [data.parameterRules[0]]
                  : data.parameterRules,
              },
            }),
        ],
      ]);
      await page.getByRole('button', { name: /^Model:/ }).click();
      await page.getByRole('button', { name: /Demo \(canned/ }).click();
      await page.getByText('The new model does not take: max_tokens').waitFor();
      await expect
        .poll(() => saved.model_config?.model, { timeout: 5000 })
        .toMatchObject({
          name: 'demo-chat',
          completion_params: { temperature: 0.4 },
        });
      expect(saved.model_config?.model?.completion_params).not.toHaveProperty('max_tokens');
    });
  });

  describe('credentials', () => {
    it('are refused in the form, with what the provider said, and nothing typed is lost', async () => {
      let sent = 0;
      await open('/settings/models?provider=anthropic', [
        [
          /\/model-providers\/anthropic\/credentials$/,
          async (route) => {
            sent += 1;
            await refuse(400, 'invalid_param', '401 invalid x-api-key')(route);
          },
        ],
      ]);
      await page.getByRole('button', { name: 'Add key' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Fill this in.').waitFor();
      expect(sent).toBe(0);
      await page.getByLabel('API key').fill('sk-wrong');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('401 invalid x-api-key').waitFor();
      expect(await page.getByLabel('API key').inputValue()).toBe('sk-wrong');
    });
  });

  describe('what models write', () => {
    const corpus = [
      '<script>window.__ran = 1</script>',
      '<img src=x onerror="window.__ran = 1">',
      '<svg onload="window.__ran = 1"></svg>',
      '<iframe src="javascript:parent.__ran = 1"></iframe>',
      '<a href="javascript:window.__ran = 1">html link</a>',
      '[markdown link](javascript:window.__ran=1)',
      '[data link](data:text/html,<script>window.__ran=1</script>)',
      '![image](javascript:window.__ran=1)',
      '[vb](vbscript:msgbox)',
      '<style>body{display:none}</style>',
      '<form action="https://evil.example"><input name="password"></form>',
      '<details open ontoggle="window.__ran=1"><summary>x</summary></details>',
      '```html\n<script>window.__ran = 1</script>\n```',
    ];

    it('is never run, and links lead to the web or a mail address only', async () => {
      const answer = `${corpus.join('\n\n')}\n\n[fine](https://example.com)`;
      await open('/chat/code?conversation=conversation-1', [
        [
          /\/api\/messages$/,
          (route) =>
            route.fulfill({ json: { limit: 20, has_more: false, data: [{ ...data.messages[0], answer }] } }),
        ],
      ]);
      await page.getByRole('link', { name: 'fine' }).waitFor();
      for (const link of await page.locator('.prose a').all()) {
        await link.evaluate('(element) => element.removeAttribute("target")');
        const href = (await link.getAttribute('href')) ?? '';
        expect(href).toMatch(/^(https?:|mailto:|tel:|$)/);
      }
      const dangerous =
        '.prose :is(script, iframe, style, form, input, svg[onload], [onerror], [onload], [ontoggle])';
      expect(await page.locator(dangerous).count()).toBe(0);
      expect(await page.evaluate('window.__ran')).toBeUndefined();
      expect(await page.getByRole('log').isVisible()).toBe(true);
    });
  });

  it('colours code and draws formulas, in both themes legibly', async () => {
    const answer =
      'Sum:\n\n$$\\sum_{i=1}^{n} i$$\n\n```python\ndef total(values):\n    return sum(values)  # all\n```';
    await open('/chat/code?conversation=conversation-1', [
      [
        /\/api\/messages$/,
        (route) =>
          route.fulfill({ json: { limit: 20, has_more: false, data: [{ ...data.messages[0], answer }] } }),
      ],
    ]);
    await page.locator('.code-token').first().waitFor();
    await page.locator('.katex').first().waitFor();
    expect(await page.locator('.code-block code').textContent()).toBe(
      'def total(values):\n    return sum(values)  # all',
    );
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.evaluate('document.documentElement.dataset.theme = "dark"');
    expect(await accessibilityProblems(page)).toEqual([]);
    await keepScreen(page, 'markdown-extras');
  });

  describe('the web app', () => {
    it('says that it is not available when the link is dead', async () => {
      await open('/chat/old', [[/\/api\/(passport|site|parameters)$/, refuse(404, 'not_found')]]);
      await page.getByRole('heading', { name: 'This app is not available' }).waitFor();
    });

    it('does not start before required variables are there', async () => {
      let asked = 0;
      await open('/completion/code', [
        [
          /\/api\/parameters$/,
          (route) =>
            route.fulfill({ json: { ...data.shareParameters, user_input_form: data.generatorForm } }),
        ],
        [
          /\/api\/completion-messages$/,
          async (route) => {
            asked += 1;
            expect(route.request().postDataJSON()).toMatchObject({
              inputs: { topic: 'Tides', language: 'English', words: '200', headings: true },
              response_mode: 'streaming',
            });
            await route.fulfill(
              eventStream([
                { event: 'message', answer: '# Tides', task_id: 't', message_id: 'm' },
                { event: 'message_end', task_id: 't', message_id: 'm', metadata: {} },
              ]),
            );
          },
        ],
      ]);
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByText('Fill this in first.').waitFor();
      expect(asked).toBe(0);
      await page.getByLabel('Topic').fill('Tides');
      await page.getByRole('button', { name: 'Run' }).click();
      await page.getByRole('heading', { name: 'Tides' }).waitFor();
      expect(asked).toBe(1);
    });

    it('loads a small bundle: no more than 350 kB of script before Markdown', async () => {
      const scriptKilobytes = countScripts((url) => !/renderer|chunk-/.test(url));
      await open('/chat/code');
      await page.getByRole('textbox', { name: 'Your message' }).waitFor();
      expect(await scriptKilobytes()).toBeLessThan(350);
    });
  });

  it('loads at most 300 kB of script for the console before the studio opens', async () => {
    const scriptKilobytes = countScripts(() => true);
    await open('/apps');
    await page.getByText('Support assistant').waitFor();
    await page.waitForLoadState('networkidle');
    expect(await scriptKilobytes()).toBeLessThan(300);
  });
});
