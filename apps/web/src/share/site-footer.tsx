import { useTranslation } from 'react-i18next';
import { useShare } from './share-context.ts';

/** What the operator wants said: disclaimer, privacy policy, copyright; nothing where there is nothing. */
export function SiteFooter() {
  const { t } = useTranslation();
  const { site } = useShare();
  const policy = /^https?:\/\//.test(site.privacy_policy ?? '') ? site.privacy_policy : undefined;
  if (!site.custom_disclaimer && !policy && !site.copyright) return null;
  return (
    <footer className="mx-auto max-w-180 px-6 pb-2 text-center text-xs text-ink-faint">
      {site.custom_disclaimer ? <p>{site.custom_disclaimer}</p> : null}
      <p>
        {site.copyright ? `© ${site.copyright} ` : ''}
        {policy ? (
          <a href={policy} target="_blank" rel="noreferrer" className="underline underline-offset-2">
            {t('share.privacy')}
          </a>
        ) : null}
      </p>
    </footer>
  );
}
