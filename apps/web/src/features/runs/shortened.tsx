import { useTranslation } from 'react-i18next';
import { useErrorText } from '../../lib/error-text.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';

/** Says that values are shown shortened, with the way to the whole. */
export function Shortened({
  error,
  loading,
  onShow,
}: {
  error: unknown;
  loading: boolean;
  onShow: (() => void) | undefined;
}) {
  const { t } = useTranslation();
  const describe = useErrorText();
  return (
    <Banner
      tone={error ? 'danger' : 'info'}
      action={
        onShow ? (
          <Button size="sm" loading={loading} onClick={onShow}>
            {t('runs.showWhole')}
          </Button>
        ) : null
      }
    >
      {error ? describe(error) : t('runs.shortened')}
    </Banner>
  );
}
