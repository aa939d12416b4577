import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, keepScreen, launchChromium, newVisitor } from './chromium.ts';
import { type RealServer, startRealServer } from './server.ts';

const account = { email: 'ada@example.com', name: 'Ada Meyer', password: 'harbour-42-lights' };
const appFile = fileURLToPath(new URL('ticket-triage.yml', import.meta.url));

/** A chatflow that asks the demo model and gives its answer. */
const chatflow = `
kind: app
version: 0.6.0
app: { name: Echo, mode: advanced-chat, icon: 💬, icon_background: '#E3F1E6' }
workflow:
  environment_variables: []
  conversation_variables: []
  features: { opening_statement: 'Hi!' }
  graph:
    nodes:
      - { id: start, type: custom, data: { type: start, title: Start, variables: [] } }
      - id: model
        type: custom
        data:
          type: llm
          title: Model
          model: { provider: trellis/demo/demo, name: demo-chat, mode: chat, completion_params: {} }
          prompt_template: [{ role: user, text: '{{#sys.query#}}' }]
      - { id: answer, type: custom, data: { type: answer, title: Answer, answer: '{{#model.text#}}' } }
    edges:
      - { source: start, sourceHandle: source, target: model, targetHandle: target }
      - { source: model, sourceHandle: source, target: answer, targetHandle: target }
`;

/** A workflow from its file to its logs, step by step; each step starts where the last one ended. */
describe.skipIf(!chromiumPath)('from an app file to a repaired run', () => {
  let server: RealServer;
  let browser: Browser;
  let page: Page;
  let apiKey = '';
  const faults: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([startRealServer(), launchChromium()]);
    page = await (await newVisitor(browser)).newPage();
    page.setDefaultTimeout(15_000);
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('response', (response) => {
      if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(server.url);
    await page.waitForURL('**/install');
    await page.getByLabel('E-mail').fill(account.email);
    await page.getByLabel('Your name').fill(account.name);
    await page.getByLabel('Password', { exact: false }).first().fill(account.password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { name: 'No apps yet' }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('imports the file and reads its steps in run order', async () => {
    await page.getByRole('button', { name: 'Create your first app' }).click();
    await page.getByRole('tab', { name: 'Import a file' }).click();
    await page.locator('input[type=file]').setInputFiles(appFile);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.waitForURL('**/workflow**');
    const steps = page.getByRole('list', { name: 'Steps' });
    await steps.getByText('Draft a reply').waitFor();
    const titles = await steps.getByRole('button').allTextContents();
    expect(titles).toEqual([
      'New ticket',
      'Split into lines',
      'Reply to each line',
      'Draft a reply',
      'Sign',
      'Reply',
    ]);
    await page.getByText('Ready to run').waitFor();
    await keepScreen(page, 'workflow-path-1-imported');
  });

  it('finds the environment variable and changes it', async () => {
    await page.getByRole('link', { name: 'Variables' }).click();
    await page.getByRole('button', { name: 'env.signature' }).click();
    await page.getByLabel('Value').fill('Harbour Instruments');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Harbour Instruments').waitFor();
  });

  it('test-runs the draft and watches every step, the rounds too', async () => {
    await page.getByRole('link', { name: 'Test run' }).click();
    await page.getByRole('textbox', { name: 'Ticket' }).fill('Where is my gauge\nIt stays dark');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const newest = page.getByRole('region', { name: 'Newest test run' });
    await newest.getByText('Succeeded').first().waitFor();
    await newest.getByText('Harbour Instruments').waitFor();
    await newest.getByRole('tab', { name: 'Tracing' }).click();
    await newest.getByRole('button', { name: /^Reply to each line/ }).click();
    await newest.getByText('Round 1 of 2').waitFor();
    await newest.getByRole('button', { name: 'Next round' }).click();
    await newest.getByText('Round 2 of 2').waitFor();
    await keepScreen(page, 'workflow-path-2-test-run');
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByRole('list', { name: 'History' }).getByText('Succeeded').waitFor();
  });

  it('publishes a named version', async () => {
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name of this version').fill('First');
    await dialog.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Published. People use this version').waitFor();
    await page.getByRole('link', { name: 'Versions' }).click();
    await page.getByRole('list', { name: 'Versions' }).getByText('In use').waitFor();
    await keepScreen(page, 'workflow-path-3-versions');
  });

  it('runs by the API, well and badly', async () => {
    await page.getByRole('link', { name: 'API', exact: true }).click();
    await page.getByRole('button', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'Create key' }).click();
    apiKey = (await page.getByRole('status').locator('code').first().textContent())?.trim() ?? '';
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('"ticket"').first().waitFor();
    await keepScreen(page, 'workflow-path-4-api');
    const run = async (ticket: string) => {
      const response = await fetch(`${server.url}/v1/workflows/run`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ inputs: { ticket }, response_mode: 'blocking', user: 'customer-81' }),
      });
      return ((await response.json()) as { data: { status: string } }).data.status;
    };
    expect(await run('Hello')).toBe('succeeded');
    expect(await run('What ???')).toBe('failed');
  });

  it('finds both in the logs, narrowed by status in the address', async () => {
    await page.getByRole('link', { name: 'Logs' }).click();
    const rows = page.getByRole('region', { name: 'Logs' }).locator('tbody tr');
    await page.getByText('customer-81').first().waitFor();
    expect(await rows.count()).toBe(2);
    await keepScreen(page, 'workflow-path-5-logs');
    await page.getByRole('combobox', { name: 'Status' }).click();
    await page.getByRole('option', { name: 'Failed' }).click();
    await page.waitForURL('**status=failed**');
    await expect.poll(() => rows.count()).toBe(1);
  });

  it('retries the failed run: a run of its own, which fails as the ticket stayed the same', async () => {
    await page.getByRole('region', { name: 'Logs' }).locator('tbody tr button').first().click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByText(/The ticket makes no sense/)
      .first()
      .waitFor();
    const before = new URL(page.url()).searchParams.get('run');
    await dialog.getByRole('button', { name: 'Retry from the failed step' }).click();
    await page.waitForURL((url) => url.searchParams.get('run') !== before);
    await dialog
      .getByText(/The ticket makes no sense/)
      .first()
      .waitFor();
    await keepScreen(page, 'workflow-path-6-retried');
  });

  it('runs it from the failed step on with a better ticket', async () => {
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Run from here with other inputs' }).click();
    const form = page.getByRole('dialog', { name: 'Run from Split into lines' });
    await form.getByLabel('New ticket · ticket').fill('Thank you');
    const before = new URL(page.url()).searchParams.get('run');
    await form.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL((url) => url.searchParams.get('run') !== before);
    await dialog.getByText('Succeeded').first().waitFor();
    await dialog.getByRole('tab', { name: 'Result' }).click();
    await dialog
      .getByText(/Thank you/)
      .first()
      .waitFor();
    await keepScreen(page, 'workflow-path-7-repaired');
  });

  it('fills the test run with the inputs of a logged run', async () => {
    await page.getByRole('dialog').getByRole('button', { name: 'Run again with these inputs' }).click();
    await page.waitForURL('**/workflow**');
    await expect.poll(() => page.getByRole('textbox', { name: 'Ticket' }).inputValue()).toBe('What ???');
  });

  it('talks with an imported chatflow, and opens the steps behind an answer', async () => {
    await page.goto(`${server.url}/apps`);
    await page.getByRole('button', { name: 'Create app' }).click();
    await page.getByRole('tab', { name: 'Import a file' }).click();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'echo.yml', mimeType: 'text/yaml', buffer: Buffer.from(chatflow) });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('list', { name: 'Steps' }).getByText('Answer').first().waitFor();
    await page.getByRole('textbox', { name: 'Your message' }).fill('Say good morning');
    await page.keyboard.press('Enter');
    await page
      .getByText(/good morning/i)
      .nth(1)
      .waitFor();
    await page.getByRole('button', { name: 'Steps of this answer' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Succeeded').first().waitFor();
    await dialog.getByRole('tab', { name: 'Tracing' }).click();
    await dialog.getByRole('button', { name: /^Model/ }).waitFor();
    await keepScreen(page, 'workflow-path-8-chatflow-steps');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await keepScreen(page, 'workflow-path-9-chatflow');
  });

  it('did all that without a fault', () => {
    expect(faults).toEqual([]);
  });
});
