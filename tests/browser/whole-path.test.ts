import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, keepScreen, launchChromium, newVisitor } from './chromium.ts';
import { type RealServer, startRealServer } from './server.ts';

const account = { email: 'ada@example.com', name: 'Ada Meyer', password: 'harbour-42-lights' };

/** One person's way through the product, step by step; each step starts where the last one ended. */
describe.skipIf(!chromiumPath)('from an empty installation to the logs', () => {
  let server: RealServer;
  let browser: Browser;
  let owner: BrowserContext;
  let page: Page;
  let visitor: BrowserContext | undefined;
  const faults: string[] = [];
  let publicAddress = '';
  let apiKey = '';

  beforeAll(async () => {
    [server, browser] = await Promise.all([startRealServer(), launchChromium()]);
    owner = await newVisitor(browser);
    page = await owner.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('response', (response) => {
      if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('makes the first account', async () => {
    await page.goto(server.url);
    await page.waitForURL('**/install');
    await page.getByLabel('E-mail').fill(account.email);
    await page.getByLabel('Your name').fill(account.name);
    await page.getByLabel('Password', { exact: false }).first().fill(account.password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL('**/apps');
    await page.getByRole('heading', { name: 'No apps yet' }).waitFor();
    await keepScreen(page, 'path-1-installed');
  });

  it('finds the demo model ready', async () => {
    await page.getByRole('link', { name: 'Models' }).click();
    await page.getByRole('button', { name: 'Demo' }).waitFor();
    await keepScreen(page, 'path-2-models');
  });

  it('creates a chatbot', async () => {
    await page.getByRole('link', { name: 'Apps', exact: true }).click();
    await page.getByRole('button', { name: 'Create your first app' }).click();
    await page.getByLabel('Name').fill('Support assistant');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.waitForURL('**/configuration');
    await page.getByRole('textbox', { name: 'Instructions' }).waitFor();
  });

  it('writes instructions with a variable, an opener, and keeps them by itself', async () => {
    await page.getByRole('textbox', { name: 'Instructions' }).fill('You help customers of {{product}}.');
    await page.getByRole('button', { name: 'Add variable product' }).click();
    await page.getByRole('textbox', { name: 'Opener' }).fill('Hi! Ask me about {{product}}.');
    await page.getByText('Saving').waitFor({ state: 'hidden' });
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.reload();
    await page.getByText('{{product}}').first().waitFor();
    expect(await page.getByRole('textbox', { name: 'Instructions' }).inputValue()).toBe(
      'You help customers of {{product}}.',
    );
  });

  it('chooses the demo model', async () => {
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('dialog', { name: 'Model' }).getByRole('button', { name: /demo/i }).first().click();
    await page.getByText('Saved', { exact: true }).waitFor();
  });

  it('tries it in the preview and reads the prompt that was sent', async () => {
    await page.getByLabel('product').last().fill('Depth gauge');
    await page.getByText('Hi! Ask me about Depth gauge.').waitFor();
    await page.getByRole('textbox', { name: 'Your message' }).fill('Say hello');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Prompt log' }).waitFor();
    await keepScreen(page, 'path-3-preview');
    await page.getByRole('button', { name: 'Prompt log' }).click();
    await page.getByText('You help customers of Depth gauge.').waitFor();
    await keepScreen(page, 'path-4-prompt-log');
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('publishes', async () => {
    await page.getByRole('button', { name: /^Publish/ }).click();
    await page.getByText('Published. People use this version').waitFor();
    const link = page.getByRole('link', { name: 'Open web app' });
    await link.waitFor();
    publicAddress = (await link.getAttribute('href')) ?? '';
    expect(publicAddress).toMatch(/\/chat\/\w{16}$/);
  });

  it('lets a visitor talk with it, and name, pin and reopen the conversation', async () => {
    visitor = await newVisitor(browser, { theme: 'dark' });
    const chat = await visitor.newPage();
    chat.setDefaultTimeout(10_000);
    chat.on('pageerror', (error) => faults.push(String(error)));
    await chat.goto(publicAddress.replace(/^https?:\/\/[^/]+/, server.url));
    await chat.getByLabel('product').fill('Tide clock');
    await chat.getByRole('button', { name: 'Start chat' }).click();
    await chat.getByText('Hi! Ask me about Tide clock.').waitFor();
    await chat.getByRole('textbox', { name: 'Your message' }).fill('How do I set it?');
    await chat.getByRole('button', { name: 'Send' }).click();
    await chat.getByRole('button', { name: 'Copy answer' }).waitFor();
    await keepScreen(chat, 'path-5-web-app');
    await chat.getByRole('button', { name: 'Good answer' }).click();
    await chat.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();
    const list = chat.getByRole('complementary', { name: 'Conversations' });
    await list.getByRole('button', { name: /^Actions for/ }).click();
    await chat.getByRole('menuitem', { name: 'Pin' }).click();
    await list.getByText('Pinned').waitFor();
    await chat.reload();
    await chat.getByText('How do I set it?').last().waitFor();
    await chat.getByText('Hi! Ask me about Tide clock.').waitFor();
    await chat.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();
  });

  it('goes on with an answer that is being written when the visitor reloads the page', async () => {
    const [chat] = visitor?.pages() ?? [];
    if (!chat) throw new Error('the visitor has no page');
    await chat.getByRole('textbox', { name: 'Your message' }).fill('Count to 400');
    await chat.getByRole('button', { name: 'Send' }).click();

    await chat.getByText(/\b12, 13\b/).waitFor();
    await chat.reload();
    await chat.getByText(/\b12, 13\b/).waitFor();
    await chat.getByRole('button', { name: 'Stop' }).waitFor();
    await chat.getByText(/398, 399, 400\./).waitFor({ timeout: 30_000 });
    await chat.getByRole('button', { name: 'Stop' }).waitFor({ state: 'hidden' });
  });

  it('gives a key that a program uses in both modes', async () => {
    await page.getByRole('link', { name: 'API', exact: true }).click();
    await page.getByRole('button', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'Create key' }).click();
    apiKey = (await page.getByRole('status').locator('code').first().textContent())?.trim() ?? '';
    expect(apiKey).toMatch(/^app-\w{24}$/);
    await keepScreen(page, 'path-6-key');
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('"product"').first().waitFor();
    const call = (response_mode: string) =>
      fetch(`${server.url}/v1/chat-messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          inputs: { product: 'Barometer' },
          query: 'Hello',
          response_mode,
          user: 'program-1',
        }),
      });
    const blocking = (await (await call('blocking')).json()) as { answer: string };
    expect(blocking.answer.length).toBeGreaterThan(0);
    const stream = await (await call('streaming')).text();
    expect(stream).toContain('"event":"message_end"');
  });

  it('finds the conversations in the logs, and not the run from the preview', async () => {
    await page.getByRole('link', { name: 'Logs' }).click();
    const rows = page.getByRole('region', { name: 'Logs' }).locator('tbody tr');
    await page.getByText('program-1').first().waitFor();
    expect(await rows.count()).toBe(3);
    await keepScreen(page, 'path-7-logs');
    await rows.last().getByRole('button').first().click();
    await page.getByRole('dialog').getByText('How do I set it?').last().waitFor();
    await page.getByRole('dialog').getByText('User rating').waitFor();
    await keepScreen(page, 'path-8-log-detail');
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('counts them on the monitoring page', async () => {
    await page.getByRole('link', { name: 'Monitor' }).click();
    const messages = page.getByRole('region', { name: 'Messages', exact: true });
    await messages.getByText('4', { exact: true }).first().waitFor();
    await keepScreen(page, 'path-9-monitor');
  });

  it('signs out and in again, and comes back to where it was', async () => {
    const before = page.url();
    await page.getByRole('button', { name: account.name }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/signin');
    await page.goto(before);
    await page.waitForURL('**/signin?redirect_url=*');
    await page.getByLabel('E-mail').fill(account.email);
    await page.getByLabel('Password', { exact: true }).fill('wrong-password-1');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The e-mail or the password is wrong.').waitFor();
    await page.getByLabel('Password', { exact: true }).fill(account.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Monitor' }).waitFor();
    expect(page.url()).toBe(before);
  });

  it('speaks Chinese when asked', async () => {
    await page.getByRole('button', { name: account.name }).click();
    await page.getByRole('menuitemcheckbox', { name: '简体中文' }).click();
    await page.getByRole('heading', { name: '监测' }).waitFor();
    await keepScreen(page, 'path-10-chinese');
    await page.reload();
    await page.getByRole('heading', { name: '监测' }).waitFor();
  });

  it('did all that without a fault', () => {
    expect(faults).toEqual([]);
  });
});
