import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyText } from '../lib/clipboard.ts';
import { IconButton } from './button.tsx';
import { toast } from './toast.tsx';

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label }: { text: string | (() => string); label?: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <IconButton
        size="sm"
        label={copied ? t('common.copied') : (label ?? t('common.copy'))}
        icon={copied ? <Check className="text-success-ink" /> : <Copy />}
        onClick={async () => {
          if (await copyText(typeof text === 'string' ? text : text())) setCopied(true);
          else toast.error(t('common.copyFailed'));
        }}
      />
      <span role="status" className="sr-only">
        {copied ? t('common.copied') : ''}
      </span>
    </>
  );
}
