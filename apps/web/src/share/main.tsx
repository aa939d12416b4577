import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../api/error.ts';
import { createI18n, toLanguage } from '../i18n/create.ts';
import { Toaster } from '../ui/toast.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import '../styles/base.css';
import { readAddress, readHandedValues } from './address.ts';
import { createShareApi } from './share-api.ts';
import { ShareApp } from './share-app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root element.');

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const address = readAddress(window.location.pathname);
const handed = await readHandedValues(window.location.search);
const api = address && address.kind !== 'form' ? createShareApi(address.code, handed.userId) : undefined;
// The page's own data is on its way while the texts are being loaded.
if (api) {
  void queryClient.prefetchQuery({ queryKey: ['site'], queryFn: api.site });
  void queryClient.prefetchQuery({ queryKey: ['parameters'], queryFn: api.parameters });
}

await createI18n(toLanguage(handed.locale ?? navigator.language), async (language) =>
  language === 'zh-Hans'
    ? (await import('../i18n/zh-Hans/share-index.ts')).zhHansShare
    : (await import('../i18n/en-US/share-index.ts')).enUSShare,
);

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TooltipProvider>
        <ShareApp address={address} api={api} handed={handed} />
        <Toaster />
      </TooltipProvider>
    </QueryClientProvider>
  </StrictMode>,
);
