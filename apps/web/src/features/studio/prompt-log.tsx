import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { messageQuery } from '../../api/studio.ts';
import { useLanguage } from '../../i18n/language.ts';
import { formatNumber, formatPrice, formatSeconds } from '../../lib/format.ts';
import { Badge } from '../../ui/badge.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Drawer } from '../../ui/dialog.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonLines } from '../../ui/skeleton.tsx';

/** One fact of a run. */
export function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div className="rounded-control border bg-surface px-3 py-2">
      <dt className="text-xs text-ink-faint">{label}</dt>
      <dd className="tabular text-base font-medium">{value}</dd>
    </div>
  );
}

/** What was sent to the model for an answer, and what it cost. */
export function PromptLog({
  appId,
  messageId,
  onClose,
}: {
  appId: string;
  messageId: string;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const message = useQuery(messageQuery(appId, messageId));
  return (
    <Drawer
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('studio.promptLog')}
      description={
        <span className="flex items-center gap-1">
          <code className="truncate font-mono text-xs">{messageId}</code>
          <CopyButton text={messageId} />
        </span>
      }
    >
      {message.error ? (
        <ErrorState error={message.error} onRetry={() => void message.refetch()} />
      ) : message.isPending ? (
        <SkeletonLines lines={8} />
      ) : (
        <div className="grid gap-5">
          <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
            <Fact
              label={t('studio.promptTokens')}
              value={formatNumber(message.data.message_tokens, language)}
            />
            <Fact
              label={t('studio.answerTokens')}
              value={formatNumber(message.data.answer_tokens, language)}
            />
            <Fact
              label={t('studio.time')}
              value={formatSeconds(message.data.provider_response_latency, language)}
            />
            <Fact
              label={t('studio.cost')}
              value={formatPrice(message.data.total_price ?? 0, message.data.currency ?? 'USD', language)}
            />
          </dl>
          <ol className="grid gap-3">
            {[...(message.data.message ?? []), { role: 'assistant', text: message.data.answer }].map(
              (part, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sent prompt never change.
                <li key={index} className="grid gap-1.5">
                  <div className="flex items-center justify-between">
                    <Badge tone={part.role === 'assistant' ? 'accent' : 'neutral'}>{part.role}</Badge>
                    <CopyButton text={part.text} />
                  </div>
                  <div className="rounded-panel border bg-sunken px-3 py-2 font-mono text-sm break-words whitespace-pre-wrap">
                    {part.text}
                  </div>
                </li>
              ),
            )}
          </ol>
        </div>
      )}
    </Drawer>
  );
}
