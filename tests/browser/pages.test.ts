import { describePages, failure } from './page-suite.ts';

describePages('the pages of the console', [
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
]);
