import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accessibilityProblems,
  chromiumPath,
  keepScreen,
  launchChromium,
  newVisitor,
  type Size,
  type Theme,
  tabStops,
} from './chromium.ts';
import { type Mood, mockApi } from './mock-api.ts';
import { serveWebBuild, type WebBuild } from './web-build.ts';

/** A page with what proves that it has arrived in each mood; a mood without an entry does not apply. */
interface PageCase {
  readonly name: string;
  readonly path: string;
  readonly shows: Partial<Record<Mood, string | RegExp>>;
  /** Done before looking, such as opening a dialog. */
  readonly act?: (page: Page) => Promise<void>;
  /** Names that the Tab key must reach. */
  readonly reach?: readonly (string | RegExp)[];
}

const failure = /The server failed/;
const pages: readonly PageCase[] = [
  {
    name: 'sign-in',
    path: '/signin',
    shows: { data: 'Sign in' },
    reach: [/^Theme/, /^Language/, 'E-mail', 'Forgot password?', 'Sign in'],
  },
  {
    name: 'install',
    path: '/install',
    shows: { empty: 'Create account' },
    reach: ['E-mail', 'Your name', 'Create account'],
  },
  { name: 'reset-password', path: '/reset-password', shows: { data: 'Send code' } },
  {
    name: 'apps',
    path: '/apps',
    shows: { data: 'Support assistant', empty: 'No apps yet', failing: failure, loading: 'Loading…' },
    reach: ['Create app', 'Search apps', 'Kind of app', 'Support assistant', 'Actions for Support assistant'],
  },
  {
    name: 'create-app',
    path: '/apps#create',
    shows: { data: 'What should it do?' },
  },
  {
    name: 'studio',
    path: '/app/app-1/configuration',
    shows: { data: 'Follow-up questions', empty: 'Not published yet', failing: failure },
    reach: ['Instructions', /^Insert variable/, 'Opener', 'Follow-up questions', 'Your message', /^Publish/],
  },
  {
    name: 'studio-versions',
    path: '/app/app-1/configuration?panel=versions',
    shows: { data: 'What was published, newest first' },
    reach: ['Restore', 'Close'],
  },
  {
    name: 'member-transfer',
    path: '/settings/members',
    shows: { data: 'Only the new owner can give it back' },
    act: async (page) => {
      await page.getByRole('button', { name: 'Actions for Jun Watanabe' }).click();
      await page.getByRole('menuitem', { name: 'Make owner' }).click();
    },
  },
  { name: 'studio-completion', path: '/app/app-2/configuration', shows: { data: 'More like this' } },
  {
    name: 'logs',
    path: '/app/app-1/logs',
    shows: { data: 'How long is the warranty', empty: 'Nothing logged in this period', failing: failure },
    reach: ['Search in messages', 'Period', /How long is the warranty/, 'Next page'],
  },
  {
    name: 'log-detail',
    path: '/app/app-1/logs?conversation=conversation-1',
    shows: { data: '36 months' },
    reach: ['Next conversation', 'Close', 'Rate as good'],
  },
  {
    name: 'workflow',
    path: '/app/app-7/workflow?panel=run',
    shows: { data: 'Plan of the customer', empty: /Ready to run/, failing: failure },
    reach: ['Build', 'History', /^Checklist/, 'Answer each question', 'Ticket', 'Run', 'Publish changes'],
  },
  {
    name: 'workflow-steps',
    path: '/app/app-7/workflow?panel=steps',
    shows: { data: 'Look up the invoice' },
  },
  {
    name: 'workflow-step',
    path: '/app/app-7/workflow?panel=steps&node=draft',
    shows: { data: 'prompt_template' },
    reach: ['Copy prompt_template', 'Close'],
  },
  {
    name: 'workflow-history',
    path: '/app/app-7/workflow?panel=history',
    shows: { data: 'With handled failures', empty: 'No test run yet', failing: failure },
    reach: [/^Failed/, /^Waiting/],
  },
  {
    name: 'workflow-run',
    path: '/app/app-7/workflow?panel=history&run=run-failed',
    shows: { data: 'Rate limit reached' },
    reach: [
      'Retry from the failed step',
      'Run again with these inputs',
      'Tracing',
      'Previous round',
      'Copy run id',
    ],
  },
  {
    name: 'workflow-run-paused',
    path: '/app/app-7/workflow?panel=history&run=run-paused',
    shows: { data: 'Waits for an answer: Ask the team' },
    reach: ['Copy the link of the form', 'note', 'Send it', 'Write anew'],
  },
  {
    name: 'workflow-rerun',
    path: '/app/app-7/workflow?panel=history&run=run-failed',
    shows: { data: 'Split into questions · questions' },
    act: async (page) => {
      await page.getByRole('button', { name: 'Run from here with other inputs' }).first().click();
    },
  },
  {
    name: 'workflow-checklist',
    path: '/app/app-7/workflow?panel=checklist',
    shows: { data: 'The branch “Write anew” leads nowhere', empty: 'Nothing stands against running' },
    reach: ['Draft an answer'],
  },
  {
    name: 'workflow-variables',
    path: '/app/app-8/workflow?panel=variables',
    shows: { data: 'conversation.known_products', empty: 'None yet.' },
    reach: ['env.billing_key', 'Delete billing_key', 'Add'],
  },
  {
    name: 'workflow-variable',
    path: '/app/app-8/workflow?panel=variables',
    shows: { data: 'Leave this empty to keep it' },
    act: (page) => page.getByRole('button', { name: 'env.billing_key' }).click(),
  },
  {
    name: 'workflow-features',
    path: '/app/app-8/workflow?panel=features',
    shows: { data: 'Answers name the passages' },
    reach: ['Opener', 'Citations', 'Images', 'Most files', 'Content moderation'],
  },
  {
    name: 'workflow-versions',
    path: '/app/app-7/workflow?panel=versions&version=version-1',
    shows: { data: 'Warranty questions only', failing: failure },
    reach: ['Team approves', 'Actions for First try', 'Back to the draft'],
  },
  {
    name: 'workflow-publish',
    path: '/app/app-7/workflow',
    shows: { data: 'Without a name it is called by its date' },
    act: (page) => page.getByRole('button', { name: 'Publish changes' }).click(),
  },
  {
    name: 'chatflow',
    path: '/app/app-8/workflow?panel=run',
    shows: { data: 'What can I look into for you' },
    reach: ['Ticket', 'Where is my parcel?', 'Your message'],
  },
  {
    name: 'workflow-logs',
    path: '/app/app-7/logs',
    shows: { data: 'customer-81', empty: 'Nothing logged in this period', failing: failure },
    reach: ['Search in inputs and outputs', 'Period', 'Status', 'Next page'],
  },
  {
    name: 'workflow-log-detail',
    path: '/app/app-7/logs?run=run-ok&tab=tracing',
    shows: { data: 'What is it about?' },
    reach: ['Next run', 'Close', /^Split into questions/],
  },
  {
    name: 'workflow-overview',
    path: '/app/app-7/overview',
    shows: { data: 'Order arrives' },
    reach: ['Order arrives starts runs', 'Copy the address of Order arrives', 'Show run'],
  },
  {
    name: 'workflow-keys',
    path: '/app/app-7/develop',
    shows: { data: 'Secret of callbacks' },
    act: (page) => page.getByRole('button', { name: 'API keys' }).click(),
    reach: ['Copy the secret of callbacks', 'New secret'],
  },
  { name: 'workflow-develop', path: '/app/app-7/develop', shows: { data: 'Run the workflow' } },
  {
    name: 'overview',
    path: '/app/app-1/overview',
    shows: { data: 'Token output speed', empty: 'Publish the app first', failing: failure },
    reach: ['Web app in service', 'Copy link', 'API in service', 'Keys and samples'],
  },
  {
    name: 'develop',
    path: '/app/app-1/develop',
    shows: { data: 'Send a message', empty: 'answers only after' },
  },
  {
    name: 'api-keys',
    path: '/app/app-1/develop',
    shows: { data: '4kQ9', empty: 'No keys yet' },
    act: (page) => page.getByRole('button', { name: 'API keys' }).click(),
  },
  {
    name: 'models',
    path: '/settings/models',
    shows: { data: 'Anthropic', empty: 'No provider matches', failing: failure, loading: 'Loading…' },
    reach: ['Language', 'Search providers', 'OpenAI'],
  },
  { name: 'provider', path: '/settings/models?provider=openai', shows: { data: 'Team budget' } },
  {
    name: 'credentials',
    path: '/settings/models?provider=anthropic',
    shows: { data: 'Name of this key' },
    act: (page) => page.getByRole('button', { name: 'Add key' }).click(),
  },
  {
    name: 'members',
    path: '/settings/members',
    shows: { data: 'Jun Watanabe', failing: failure },
    reach: ['Invite people', 'Actions for Jun Watanabe'],
  },
  { name: 'workspace', path: '/settings/workspace', shows: { data: 'The space that your team shares.' } },
  { name: 'system', path: '/settings/system', shows: { data: 'Code sandbox', failing: failure } },
  {
    name: 'account',
    path: '/account',
    shows: { data: 'Change password' },
    reach: ['Your name', 'Change password'],
  },
  { name: 'not-found', path: '/nowhere', shows: { data: 'There is no page here' } },
  {
    name: 'command-menu',
    path: '/apps',
    shows: { data: 'Model providers' },
    act: async (page) => {
      await page.getByText('Support assistant').waitFor();
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: /^Go to a page/ }).waitFor();
    },
  },
  {
    name: 'share-chat',
    path: '/chat/hR4tQ2mZx8LbVn3K',
    shows: {
      data: 'What would you like to know',
      empty: 'Answers about your instrument',
      failing: failure,
      loading: 'Loading…',
    },
    reach: ['How long is the warranty?', 'Your message'],
  },
  {
    name: 'share-conversation',
    path: '/chat/hR4tQ2mZx8LbVn3K?conversation=conversation-1',
    shows: { data: 'rated to 60 metres' },
    reach: ['Copy answer', 'Good answer', 'Answer again'],
  },
  { name: 'share-generator', path: '/completion/hR4tQ2mZx8LbVn3K', shows: { data: 'Run', failing: failure } },
  {
    name: 'share-saved',
    path: '/completion/hR4tQ2mZx8LbVn3K',
    shows: { data: 'Three notes on the tide', empty: 'Nothing kept yet' },
    act: (page) => page.getByRole('radio', { name: 'Saved' }).click(),
    reach: ['Saved', 'Copy answer', 'Keep no longer'],
  },
  {
    name: 'share-workflow',
    path: '/workflow/hR4tQ2mZx8LbVn3K',
    shows: { data: 'Topic', failing: failure, loading: 'Loading…' },
    reach: ['Run once', 'Run batch', 'Topic', 'Run', 'Clear'],
  },
  {
    name: 'share-batch',
    path: '/workflow/hR4tQ2mZx8LbVn3K',
    shows: { data: 'Choose CSV file' },
    act: (page) => page.getByRole('radio', { name: 'Run batch' }).click(),
    reach: ['Choose CSV file', 'Template'],
  },
  {
    name: 'share-form',
    path: '/form/token-1',
    shows: { data: 'Is this right?', failing: failure, loading: 'Loading…' },
    reach: ['note', 'Size', 'Approve', 'Refuse'],
  },
  {
    name: 'embed',
    path: '/app/app-1/overview',
    shows: { data: 'difyChatbotConfig' },
    act: (page) => page.getByRole('button', { name: 'Embed' }).click(),
    reach: ['Close', 'Chat bubble', 'Part of the page', 'Copy'],
  },
];

const looks: readonly [Theme, Size][] = [
  ['light', 'wide'],
  ['dark', 'wide'],
  ['light', 'phone'],
  ['dark', 'phone'],
];

/** With data every look is taken; the other moods are drawn by the same components and get one wide and one narrow. */
function looksFor(mood: Mood): readonly [Theme, Size][] {
  return mood === 'data'
    ? looks
    : [
        ['light', 'wide'],
        ['dark', 'phone'],
      ];
}

const cases = pages.flatMap((page) =>
  (Object.keys(page.shows) as Mood[]).flatMap((mood) =>
    looksFor(mood).map(([theme, size]) => ({
      page,
      mood,
      theme,
      size,
      title: `${page.name}, ${mood}, ${theme}, ${size}`,
    })),
  ),
);

describe.skipIf(!chromiumPath)('every page', () => {
  let web: WebBuild;
  let browser: Browser;
  beforeAll(async () => {
    [web, browser] = await Promise.all([serveWebBuild(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await web?.close();
  });

  async function open(page: PageCase, mood: Mood, theme: Theme, size: Size) {
    const visitor = await newVisitor(browser, { theme, size });
    const tab = await visitor.newPage();
    const faults: string[] = [];
    tab.on('pageerror', (error) => faults.push(String(error)));
    tab.on('console', (line) => {
      if (line.type() === 'error' && !/Failed to load resource/.test(line.text())) faults.push(line.text());
    });
    await mockApi(tab, mood);
    await tab.goto(web.url + page.path);
    await page.act?.(tab);
    await tab
      .getByText(page.shows[mood] ?? '')
      .first()
      .waitFor({ state: 'attached', timeout: 5000 });
    return { visitor, tab, faults };
  }

  it.each(cases)('shows $title without faults', async ({ page, mood, theme, size }) => {
    const { visitor, tab, faults } = await open(page, mood, theme, size);
    await tab.waitForTimeout(150);
    await keepScreen(tab, `${page.name}-${mood}-${theme}-${size}`);
    expect(await accessibilityProblems(tab)).toEqual([]);
    // Nothing may make the page itself scroll sideways.
    expect(
      await tab.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
    ).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    await visitor.close();
  });

  it.each(pages.filter((page) => page.reach))('$name can be used with the keyboard alone', async (page) => {
    const mood = page.shows.data ? 'data' : 'empty';
    const { visitor, tab } = await open(page, mood, 'light', 'wide');
    const stops = await tabStops(tab);
    for (const wanted of page.reach ?? []) {
      const found = stops.some((name) => (typeof wanted === 'string' ? name === wanted : wanted.test(name)));
      expect(found, `${String(wanted)} in ${stops.join(' | ')}`).toBe(true);
    }
    await visitor.close();
  });
});
