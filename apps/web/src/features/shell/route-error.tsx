import { Link, useRouter } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';

/** A page that failed as a whole; trying again loads its data anew. */
export function RouteError({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  return (
    <main className="flex min-h-[60dvh] items-center justify-center">
      <ErrorState
        heading="h1"
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </main>
  );
}

/** An address without a page. */
export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <main className="flex min-h-[60dvh] items-center justify-center">
      <EmptyState
        heading="h1"
        icon={<Compass />}
        title={t('shell.notFoundTitle')}
        action={
          <Link to="/apps" className={buttonClass('primary')}>
            {t('shell.backToApps')}
          </Link>
        }
      >
        {t('shell.notFoundBody')}
      </EmptyState>
    </main>
  );
}
