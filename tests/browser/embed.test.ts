import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityProblems,
  chromiumPath,
  keepScreen,
  launchChromium,
  newVisitor,
  type Size,
} from './chromium.ts';
import { type Author, firstAuthor, type PublishedApp } from './published-apps.ts';
import { type RealServer, startRealServer } from './server.ts';

/** A page of another site that holds the chat; its policy forbids inline styles, as careful sites do. */
const hostPage = (server: string, config: object, more = '') => `<!doctype html>
<html lang="en"><head><title>Harbour shop</title><meta name="viewport" content="width=device-width">
<script>window.difyChatbotConfig=Object.assign(${JSON.stringify(config)}, window.more)</script>
<script src="${server}/embed.min.js" id="${(config as { token: string }).token}" defer></script>${more}</head>
<body><main><h1>Harbour shop</h1><p>Instruments for people at sea.</p></main></body></html>`;

describe.skipIf(!chromiumPath)('a chat on a page of another site', () => {
  let server: RealServer;
  let host: Server;
  let browser: Browser;
  let author: Author;
  let app: PublishedApp;
  let page: Page;
  let visitor: BrowserContext;
  let html = '';
  const faults: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startRealServer(), launchChromium()]);
    author = await firstAuthor(server.url);
    app = await author.publishPrompt('chat', {
      pre_prompt: 'Help customers of {{city}}.',
      opening_statement: 'Hello from {{city}}!',
      user_input_form: [
        { 'text-input': { label: 'City', variable: 'city', required: true, max_length: 8 } },
        { number: { label: 'Berths', variable: 'berths', required: false } },
        { select: { label: 'Tone', variable: 'tone', required: false, options: ['Brief', 'Warm'] } },
      ],
    });
    host = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.setHeader('content-security-policy', "style-src 'self'");
      response.end(html);
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await browser?.close();
    host?.closeAllConnections();
    host?.close();
    await server?.close();
  });

  async function openHost(
    config: object,
    options: { size?: Size; more?: string } = {},
  ): Promise<FrameLocator> {
    await visitor?.close();
    visitor = await newVisitor(browser, { size: options.size ?? 'wide' });
    page = await visitor.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => faults.push(String(error)));
    html = hostPage(server.url, { token: app.code, baseUrl: server.url, ...config }, options.more);
    await page.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
    await page.locator('#dify-chatbot-bubble-button').waitFor();
    return page.frameLocator('#dify-chatbot-bubble-window');
  }
  const button = () => page.locator('#dify-chatbot-bubble-button');
  const frame = () => page.locator('#dify-chatbot-bubble-window');

  it('fills the form with packed values, each by its type', async () => {
    const chat = await openHost({
      inputs: { city: 'Ghent 根特 and more', berths: '12', tone: 'Loud' },
      systemVariables: { user_id: 'customer-77' },
      userVariables: { name: 'Mara', avatar_url: '' },
    });
    await expect.poll(() => frame().isVisible()).toBe(false);
    await button().click();
    expect(await chat.getByLabel('City').inputValue()).toBe('Ghent 根特');
    expect(await chat.getByLabel('Berths').inputValue()).toBe('12');
    expect(await chat.getByText('Loud').count()).toBe(0);
    expect(await frame().getAttribute('allow')).toBe('fullscreen;microphone');
    const box = await frame().boundingBox();
    expect([box?.width, box?.height]).toEqual([384, 700]);
    await keepScreen(page, 'embed-form-wide');
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('speaks for the end user whom the page named', async () => {
    const chat = page.frameLocator('#dify-chatbot-bubble-window');
    await chat.getByRole('button', { name: 'Start chat' }).click();
    await chat.getByText('Hello from Ghent 根特!').waitFor();
    await chat.getByRole('textbox', { name: 'Your message' }).fill('Say ahoy');
    await chat.getByRole('button', { name: 'Send' }).click();
    await chat.getByRole('button', { name: 'Copy answer' }).waitFor();
    await chat.getByText('Mara').first().waitFor();
    await keepScreen(page, 'embed-talk-wide');
    const log = await author.call('GET', `/apps/${app.id}/chat-conversations?limit=5`);
    const [conversation] = log['data'] as { id: string; from_end_user_session_id: string }[];
    expect(conversation?.from_end_user_session_id).toBe('customer-77');
    // The same person finds the conversation on another page, and can be led to it.
    const again = await openHost({
      systemVariables: { user_id: 'customer-77', conversation_id: conversation?.id },
    });
    await button().click();
    await again.getByText('Say ahoy').first().waitFor();
  });

  it('opens and closes by click and by Escape, from inside too, and gives the focus back', async () => {
    const chat = await openHost({ inputs: { city: 'Oslo' } });
    expect(await button().getAttribute('aria-expanded')).toBe('false');
    await button().focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => frame().isVisible()).toBe(true);
    expect(await button().getAttribute('aria-label')).toBe('Close chat');
    await chat.getByLabel('City').click();
    await page.keyboard.press('Escape');
    await expect.poll(() => frame().isVisible()).toBe(false);
    expect(await page.evaluate('document.activeElement.id')).toBe('dify-chatbot-bubble-button');
    await button().click();
    await page.locator('h1').click();
    await page.keyboard.press('Escape');
    await expect.poll(() => frame().isVisible()).toBe(false);
  });

  it('grows and shrinks when the visitor asks for it', async () => {
    const chat = await openHost({ inputs: { city: 'Oslo' } });
    await button().click();
    await chat.getByRole('button', { name: 'Larger or smaller window' }).click();
    await expect.poll(async () => (await frame().boundingBox())?.width).toBe(640);
    expect((await frame().boundingBox())?.height).toBeGreaterThan(750);
    await chat.getByRole('button', { name: 'Larger or smaller window' }).click();
    await expect.poll(async () => (await frame().boundingBox())?.width).toBe(384);
  });

  it('wears what the page gives it', async () => {
    const style = `<script>document.documentElement.style.setProperty('--dify-chatbot-bubble-button-bg-color', 'rgb(200, 0, 90)');
      document.documentElement.style.setProperty('--dify-chatbot-bubble-button-right', '60px');
      window.more.containerProps = { className: 'ours', style: { opacity: '0.9' }, 'data-shop': 'harbour', onMouseEnter: () => { window.entered = true; } };
      </script>`;
    await openHost({}, { more: style.replace('window.more.', 'window.difyChatbotConfig.') });
    await button().hover();
    expect(await page.evaluate('window.entered')).toBe(true);
    expect(
      await page.evaluate(`(() => {
        const element = document.getElementById('dify-chatbot-bubble-button');
        const style = getComputedStyle(element);
        return [element.className, style.opacity, element.dataset.shop, style.backgroundColor, style.right];
      })()`),
    ).toEqual(['ours', '0.9', 'harbour', 'rgb(200, 0, 90)', '60px']);
  });

  it('can be dragged where the page allows it, opens towards the middle, and a drag is no click', async () => {
    await openHost({ draggable: true, dragAxis: 'both' });
    const from = await button().boundingBox();
    if (!from) throw new Error('the button is not there');
    await page.mouse.move(from.x + 20, from.y + 20);
    await page.mouse.down();
    await page.mouse.move(120, 90, { steps: 5 });
    await page.mouse.up();
    expect(await button().getAttribute('aria-expanded')).toBe('false');
    const to = await button().boundingBox();
    expect([to?.x, to?.y]).toEqual([100, 70]);
    await button().click();
    const window_ = await frame().boundingBox();
    expect(window_?.x).toBe(100);
    expect(window_?.y).toBeGreaterThan(110);
  });

  it('is a sheet over the whole page on a phone, with its own way to close', async () => {
    const chat = await openHost({ inputs: { city: 'Oslo' } }, { size: 'phone' });
    await button().tap();
    await chat.getByRole('button', { name: 'Close' }).waitFor();
    await expect.poll(async () => (await frame().boundingBox())?.height).toBe(844);
    expect((await frame().boundingBox())?.width).toBe(390);
    expect(await button().isVisible()).toBe(false);
    await keepScreen(page, 'embed-phone');
    await chat.getByRole('button', { name: 'Close' }).tap();
    await expect.poll(() => frame().isVisible()).toBe(false);
    expect(await button().isVisible()).toBe(true);
  });

  it('says in the console what is missing or too long, and does not listen to other pages', async () => {
    const said: string[] = [];
    await openHost({ inputs: { city: 'Oslo' } });
    await button().click();
    await page.evaluate(`window.postMessage({ type: 'trellis-chatbot-close' }, '*')`);
    await page.waitForTimeout(100);
    expect(await frame().isVisible()).toBe(true);
    page.on('console', (line) => said.push(line.text()));
    html = hostPage(server.url, { token: '' });
    await page.reload();
    await expect.poll(() => said.join()).toContain('token is missing');
  });

  it('loads a script of less than six kilobytes, from any origin', async () => {
    const response = await fetch(`${server.url}/embed.min.js`);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const { gzipSync } = await import('node:zlib');
    expect(gzipSync(await response.text()).length).toBeLessThan(6_000);
  });

  it('did all that without a fault', () => {
    expect(faults).toEqual([]);
  });
});
