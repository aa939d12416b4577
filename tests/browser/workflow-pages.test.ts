import { describePages, failure } from './page-suite.ts';

describePages('the pages of apps that are a graph', [
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
]);
