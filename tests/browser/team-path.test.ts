import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, keepScreen, launchChromium, newVisitor } from './chromium.ts';
import { type RealServer, startRealServer } from './server.ts';

const owner = { email: 'ada@example.com', name: 'Ada Meyer', password: 'harbour-42-lights' };
const guest = { email: 'bo@example.com', name: 'Bo Larsen', password: 'quay-side-77' };

/** Operating the product with others: a text generator, its link, tags, people and their roles. */
describe.skipIf(!chromiumPath)('a small team and its text generator', () => {
  let server: RealServer;
  let browser: Browser;
  let page: Page;
  let guestContext: BrowserContext;
  const faults: string[] = [];

  const watch = (tab: Page) => {
    tab.setDefaultTimeout(10_000);
    tab.on('pageerror', (error) => faults.push(String(error)));
    tab.on('response', (response) => {
      if (response.status() >= 500) faults.push(`${response.status()} ${response.url()}`);
    });
    return tab;
  };

  beforeAll(async () => {
    [server, browser] = await Promise.all([startRealServer(), launchChromium()]);
    page = watch(await (await newVisitor(browser)).newPage());
    await page.goto(`${server.url}/install`);
    await page.getByLabel('E-mail').fill(owner.email);
    await page.getByLabel('Your name').fill(owner.name);
    await page.getByRole('textbox', { name: 'Password' }).fill(owner.password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.waitForURL('**/apps');
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  it('builds and publishes a text generator', async () => {
    await page.getByRole('button', { name: 'Create your first app' }).click();
    await page.getByText('Text generator').click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Writer');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    await page.getByRole('textbox', { name: 'Instructions' }).fill('Write about {{topic}}.');
    await page.getByRole('button', { name: 'Add variable topic' }).click();
    await page.getByRole('button', { name: 'More for query' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('switch', { name: 'More like this' }).click();
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.getByLabel('topic').last().fill('tides');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByRole('button', { name: 'Prompt log' }).waitFor();
    await page.getByRole('button', { name: /^Publish/ }).click();
    await page.getByText('Published. People use this version').waitFor();
  });

  it('gives visitors results and variations', async () => {
    const address = await page.getByRole('link', { name: 'Open web app' }).getAttribute('href');
    expect(address).toMatch(/\/completion\/\w{16}$/);
    const visitor = await newVisitor(browser, { size: 'phone' });
    const tab = watch(await visitor.newPage());
    await tab.goto((address ?? '').replace(/^https?:\/\/[^/]+/, server.url));
    await tab.getByLabel('topic').fill('clouds');
    await tab.getByRole('button', { name: 'Run' }).click();
    await tab.getByRole('button', { name: 'Another one like this' }).click();
    await tab.getByRole('button', { name: 'Copy answer' }).nth(1).waitFor();
    await keepScreen(tab, 'team-1-generator-phone');
    await tab.getByRole('button', { name: 'Back to the form' }).click();
    await tab.getByLabel('topic').waitFor();
    await visitor.close();
  });

  it('logs each result, where the operator rates it', async () => {
    await page.getByRole('link', { name: 'Logs' }).click();
    await page.getByText('clouds').first().waitFor();
    await page.locator('tbody tr button').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Rate as good' }).click();
    await page.getByRole('button', { name: 'Rate as good', pressed: true }).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('region', { name: 'Logs' }).getByLabel('Good answer').waitFor();
  });

  it('closes the web app to visitors and changes its link', async () => {
    await page.getByRole('link', { name: 'Monitor' }).click();
    const card = page.getByRole('region', { name: 'Web app' });
    const before = await card.locator('code').textContent();
    const open = async () => {
      const visitor = await newVisitor(browser);
      const tab = watch(await visitor.newPage());
      await tab.goto((before ?? '').replace(/^https?:\/\/[^/]+/, server.url));
      await tab.getByRole('heading', { name: 'This app is not available' }).waitFor();
      await visitor.close();
    };
    await card.getByRole('switch').click();
    await card.getByText('Switched off').waitFor();
    await open();
    await card.getByRole('switch').click();
    await card.getByText('In service').waitFor();
    await card.getByRole('button', { name: 'New link' }).click();
    await page.getByRole('button', { name: 'Make new link' }).click();
    await page.getByText('The web app has a new link.').waitFor();
    expect(await card.locator('code').textContent()).not.toBe(before);
    await open();
  });

  it('duplicates an app and finds the copy by its tag', async () => {
    await page.getByRole('button', { name: 'Actions for Writer' }).click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Duplicate' }).click();
    await page.getByText('Writer copy').first().waitFor();
    await page.getByRole('link', { name: 'Apps', exact: true }).click();
    await page.getByRole('button', { name: 'Actions for Writer copy' }).click();
    await page.getByRole('menuitem', { name: 'Tags' }).click();
    await page.getByLabel('New tag').fill('Docs');
    await page.getByRole('button', { name: 'Add' }).click();
    await page.getByRole('checkbox', { name: 'Docs', checked: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Tags', exact: true }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Docs' }).click();
    await page.getByRole('link', { name: 'Writer', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Writer copy' }).waitFor();
  });

  it('invites somebody by a link, who joins with a password and builds', async () => {
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('link', { name: 'Members' }).click();
    await page.getByRole('button', { name: 'Invite people' }).click();
    await page.getByLabel('E-mail addresses').fill(guest.email);
    await page.getByRole('button', { name: 'Invite', exact: true }).click();
    const link = (await page.getByRole('dialog').locator('code').textContent()) ?? '';
    await keepScreen(page, 'team-2-invited');
    guestContext = await newVisitor(browser);
    const tab = watch(await guestContext.newPage());
    await tab.goto(link.replace(/^https?:\/\/[^/]+/, server.url));
    await tab.getByLabel('Your name').fill(guest.name);
    await tab.getByRole('textbox', { name: 'Password' }).fill(guest.password);
    await tab.getByRole('button', { name: 'Join' }).click();
    await tab.waitForURL('**/apps');
    await tab.getByRole('button', { name: 'Create app' }).waitFor();
    await tab.goto(link.replace(/^https?:\/\/[^/]+/, server.url));
    await tab.getByText('This invitation is no longer valid').waitFor();
  });

  it('takes the right to build away at once', async () => {
    await page.reload();
    await page.getByRole('button', { name: `Actions for ${guest.name}` }).click();
    await page.getByRole('menuitemcheckbox', { name: 'Member' }).click();
    const tab = watch(await guestContext.newPage());
    await tab.goto(`${server.url}/apps`);
    await tab.getByRole('link', { name: 'Writer', exact: true }).waitFor();
    expect(await tab.getByRole('button', { name: 'Create app' }).count()).toBe(0);
    await tab.getByRole('link', { name: 'Writer', exact: true }).click();
    await tab.waitForURL('**/overview');
    expect(await tab.getByRole('link', { name: 'Build' }).count()).toBe(0);
    expect(await tab.getByRole('switch', { name: 'API in service' }).isDisabled()).toBe(true);
  });

  it('renames the workspace, and the account gets a new password', async () => {
    await page.getByRole('link', { name: 'Workspace' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Harbour');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('navigation', { name: 'Main navigation' }).getByText('Harbour').waitFor();
    await page.getByRole('link', { name: 'Account' }).click();
    await page.getByLabel('Current password').fill(owner.password);
    await page.getByRole('textbox', { name: 'New password', exact: true }).fill('harbour-43-lights');
    await page.getByRole('textbox', { name: 'Repeat the new password' }).fill('harbour-43-lights');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Saved', { exact: true }).first().waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Account' }).waitFor();
  });

  it('did all that without a fault', () => {
    expect(faults).toEqual([]);
  });
});
