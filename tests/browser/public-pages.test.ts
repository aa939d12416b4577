import { describePages, failure } from './page-suite.ts';

describePages('public pages, and what embeds them', [
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
]);
