import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createI18n } from '../i18n/create.ts';
import { initialLanguage } from '../i18n/language.ts';
import { Toaster } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import '../styles/base.css';
import { createQueryClient } from './query-client.ts';
import { createConsoleRouter } from './router.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root element.');

const queryClient = createQueryClient(() => {
  // The guard of the signed-in pages asks again and leads to the sign-in page.
  queryClient.removeQueries({ queryKey: ['profile'] });
  void router.invalidate();
});
const router = createConsoleRouter(queryClient);

await createI18n(initialLanguage(), async (language) =>
  language === 'zh-Hans'
    ? (await import('../i18n/zh-Hans/index.ts')).zhHans
    : (await import('../i18n/en-US/index.ts')).enUS,
);

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TooltipProvider>
        <RouterProvider router={router} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
