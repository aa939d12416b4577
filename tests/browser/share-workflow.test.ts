import { readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityProblems, chromiumPath, keepScreen, launchChromium, newVisitor } from './chromium.ts';
import { type Author, firstAuthor, type PublishedApp } from './published-apps.ts';
import { type RealServer, startRealServer } from './server.ts';

const node = (id: string, data: object) => ({ id, type: 'custom', data: { title: id, ...data } });
const edge = (source: string, target: string, sourceHandle = 'source') => ({
  source,
  sourceHandle,
  target,
  targetHandle: 'target',
});
const demo = { provider: 'trellis/demo/demo', name: 'demo-chat', mode: 'chat', completion_params: {} };
const start = node('Start', {
  type: 'start',
  variables: [
    { variable: 'word', label: 'Word', type: 'text-input', required: true, max_length: 20 },
    { variable: 'times', label: 'Times', type: 'number', required: false },
  ],
});
const draft = node('Draft', {
  type: 'llm',
  model: demo,
  prompt_template: [{ role: 'user', text: 'Say **{{#Start.word#}}**' }],
  context: { enabled: false, variable_selector: [] },
  vision: { enabled: false },
});
const ask = (content: string) =>
  node('Review', {
    type: 'human-input',
    delivery_methods: [{ id: '0e1f2a3b-0000-4000-8000-000000000001', type: 'webapp', enabled: true }],
    form_content: content,
    inputs: [
      {
        type: 'paragraph',
        output_variable_name: 'note',
        default: { type: 'constant', selector: [], value: 'fine' },
      },
    ],
    user_actions: [
      { id: 'approve', title: 'Approve', button_style: 'primary' },
      { id: 'refuse', title: 'Refuse', button_style: 'default' },
    ],
    timeout: 1,
    timeout_unit: 'hour',
  });
const end = (id: string, ...outputs: [string, string[]][]) =>
  node(id, {
    type: 'end',
    outputs: outputs.map(([variable, value_selector]) => ({
      variable,
      value_selector,
      value_type: 'string',
    })),
  });

describe.skipIf(!chromiumPath)('published workflows', () => {
  let server: RealServer;
  let browser: Browser;
  let author: Author;
  let visitor: BrowserContext;
  let page: Page;
  let plain: PublishedApp;
  let approval: PublishedApp;
  let chatflow: PublishedApp;
  const faults: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startRealServer(), launchChromium()]);
    author = await firstAuthor(server.url);
    plain = await author.publishGraph('workflow', {
      nodes: [start, draft, end('End', ['text', ['Draft', 'text']])],
      edges: [edge('Start', 'Draft'), edge('Draft', 'End')],
    });
    const asked = {
      nodes: [
        start,
        ask('# Please check\n\nIs **{{#Start.word#}}** right?\n\n{{#$output.note#}}'),
        end('Approved', ['note', ['Review', 'note']], ['word', ['Start', 'word']]),
        end('Refused', ['word', ['Start', 'word']]),
      ],
      edges: [
        edge('Start', 'Review'),
        edge('Review', 'Approved', 'approve'),
        edge('Review', 'Refused', 'refuse'),
      ],
    };
    approval = await author.publishGraph('workflow', asked);
    chatflow = await author.publishGraph('advanced-chat', {
      nodes: [
        node('Start', { type: 'start', variables: [] }),
        ask('May I send **{{#sys.query#}}**? {{#$output.note#}}'),
        node('Yes', { type: 'answer', answer: 'Sent, with the note: {{#Review.note#}}', variables: [] }),
        node('No', { type: 'answer', answer: 'Kept.', variables: [] }),
      ],
      edges: [edge('Start', 'Review'), edge('Review', 'Yes', 'approve'), edge('Review', 'No', 'refuse')],
    });
    for (const app of [plain, approval, chatflow]) {
      await author.call('POST', `/apps/${app.id}/site`, { show_workflow_steps: true });
    }
    visitor = await newVisitor(browser);
    page = await visitor.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => faults.push(String(error)));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('run once, with their steps and their result', async () => {
    await page.goto(`${server.url}/workflow/${plain.code}?word=ahoy`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await result.locator('strong', { hasText: 'ahoy' }).waitFor();
    await result.getByText(/^Steps · /).click();
    await result.getByText('Draft', { exact: true }).waitFor();
    await keepScreen(page, 'workflow-once-light');
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Clear' }).click();
    await result.getByText('The result appears here').waitFor();
  });

  it('ask the visitor inline, are found again after a reload, and go on with the answer', async () => {
    await page.goto(`${server.url}/workflow/${approval.code}?word=tides`);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await result.getByRole('button', { name: 'Approve' }).waitFor();
    await page.reload();
    await result.getByText('Is tides right?').waitFor();
    await result.getByLabel('note').fill('shorter, please');
    await keepScreen(page, 'workflow-asks-light');
    await result.getByRole('button', { name: 'Approve' }).click();
    await result.getByText('shorter, please').last().waitFor();
    await result.getByText(/^Steps · /).waitFor();
    await keepScreen(page, 'workflow-answered-light');
    expect(await accessibilityProblems(page)).toEqual([]);
  });

  it('stop when the visitor says so, also while they wait for a person', async () => {
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const result = page.getByRole('region', { name: 'Result' });
    await result.getByRole('button', { name: 'Approve' }).waitFor();
    await result.getByRole('button', { name: 'Stop' }).click();
    await result.getByText('Stopped', { exact: true }).first().waitFor();
    await result.getByRole('button', { name: 'Approve' }).waitFor({ state: 'detached' });
  });

  it('ask somebody else by the link of the form, once', async () => {
    const started = await page.evaluate(
      `fetch('/api/workflows/run', { method: 'POST', headers: { 'content-type': 'application/json',
        'x-app-code': '${approval.code}', 'x-app-passport': localStorage.getItem('passport-${approval.code}') },
        body: JSON.stringify({ inputs: { word: 'knots' } }) }).then((answer) => answer.text())`,
    );
    const token = /"form_token":"(\w+)"/.exec(String(started))?.[1];
    await page.goto(`${server.url}/form/${token}`);
    await page.getByText('Is knots right?').waitFor();
    await keepScreen(page, 'form-light');
    expect(await accessibilityProblems(page)).toEqual([]);
    const second = await visitor.newPage();
    await second.goto(`${server.url}/form/${token}`);
    await second.getByRole('button', { name: 'Refuse' }).waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    await second.getByRole('button', { name: 'Refuse' }).click();
    await second.getByRole('heading', { name: 'This has been answered already' }).waitFor();
    await second.goto(`${server.url}/form/nothing`);
    await second.getByRole('heading', { name: 'There is no such form' }).waitFor();
    await keepScreen(second, 'form-missing');
    await second.close();
  });

  it('run for every row of a table, and give the results as a file', async () => {
    await page.goto(`${server.url}/workflow/${plain.code}`);
    await page.getByRole('radio', { name: 'Run batch' }).click();
    const template = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Template' }).click();
    const header = readFileSync((await (await template).path()) ?? '', 'utf8');
    expect(header).toBe('\uFEFFWord,Times\r\n');
    await keepScreen(page, 'batch-empty-light');
    expect(await accessibilityProblems(page)).toEqual([]);

    const hand = (text: string) =>
      page
        .getByLabel('Choose CSV file')
        .last()
        .setInputFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await hand(`${header}one,1\r\n,2\r\nthree,many\r\n`);
    await page.getByText('Row 3: “Word” must be filled in.').waitFor();
    await page.getByText('Row 4: “Times” must be a number.').waitFor();
    await keepScreen(page, 'batch-refused-light');

    await hand(`${header}${Array.from({ length: 8 }, (_, index) => `word ${index + 1},`).join('\r\n')}\r\n`);
    await page.getByRole('button', { name: 'Run 8 rows' }).click();
    await page.getByText('8 of 8 done').waitFor();
    expect(await page.getByRole('list', { name: 'Rows' }).getByText('**word 8**').count()).toBe(1);
    await keepScreen(page, 'batch-done-light');
    expect(await accessibilityProblems(page)).toEqual([]);
    // Found again after a reload, and kept while another tab is looked at.
    await page.reload();
    await page.getByRole('radio', { name: 'Run batch' }).click();
    await page.getByText('8 of 8 done').waitFor();
    const results = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    const lines = readFileSync((await (await results).path()) ?? '', 'utf8').split('\r\n');
    expect(lines[0]).toBe('\uFEFFWord,Times,text,Status,Error');
    expect(lines[1]).toBe('word 1,,**word 1**,done,');
  });

  it('ask within a conversation, go on there, and are found again after a reload', async () => {
    await page.goto(`${server.url}/chat/${chatflow.code}`);
    await page.getByRole('textbox', { name: 'Your message' }).fill('the letter');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Approve' }).waitFor();
    await expect.poll(() => page.url()).toContain('conversation=');
    await keepScreen(page, 'chatflow-asks-light');
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.reload();
    await page.getByText('May I send the letter?').waitFor();
    await page.getByLabel('note').fill('by boat');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Sent, with the note: by boat').waitFor();
    await page.getByRole('button', { name: 'Copy answer' }).waitFor();
    await keepScreen(page, 'chatflow-answered-light');
  });

  it('fit on a phone, in the dark, step by step', async () => {
    const phone = await newVisitor(browser, { size: 'phone', theme: 'dark' });
    const tab = await phone.newPage();
    tab.setDefaultTimeout(10_000);
    tab.on('pageerror', (error) => faults.push(String(error)));
    await tab.goto(`${server.url}/workflow/${plain.code}?word=ahoy`);
    await tab.getByLabel('Word').waitFor();
    await keepScreen(tab, 'workflow-form-phone');
    await tab.getByRole('button', { name: 'Run', exact: true }).click();
    await tab.locator('strong', { hasText: 'ahoy' }).waitFor();
    await keepScreen(tab, 'workflow-result-phone');
    expect(await accessibilityProblems(tab)).toEqual([]);
    await tab.getByRole('button', { name: 'Back to the form' }).click();
    await tab.getByLabel('Word').waitFor();
    await tab.getByRole('radio', { name: 'Run batch' }).click();
    await tab
      .getByLabel('Choose CSV file')
      .last()
      .setInputFiles({
        name: 'rows.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from('Word,Times\na,1\nb,2\n'),
      });
    await tab.getByRole('button', { name: 'Run 2 rows' }).click();
    await tab.getByText('2 of 2 done').waitFor();
    await keepScreen(tab, 'batch-done-phone');
    expect(await accessibilityProblems(tab)).toEqual([]);
    expect(
      await tab.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
    ).toBeLessThanOrEqual(0);
    await phone.close();
  });

  it('did all that without a fault', () => {
    expect(faults).toEqual([]);
  });
});
