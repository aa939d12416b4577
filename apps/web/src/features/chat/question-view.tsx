import { Pencil } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button, IconButton } from '../../ui/button.tsx';
import { Textarea } from '../../ui/input.tsx';

/** What was asked; where it may be changed, with the way to ask it differently. */
export function QuestionView({
  query,
  onEdit,
}: {
  query: string;
  onEdit: ((query: string) => void) | undefined;
}) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<string>();
  if (draft === undefined || !onEdit) {
    return (
      <div className="group flex max-w-full items-start gap-1">
        {onEdit ? (
          <IconButton
            size="sm"
            label={t('chat.editQuestion')}
            icon={<Pencil />}
            className="mt-1 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
            onClick={() => setDraft(query)}
          />
        ) : null}
        <div className="min-w-0 rounded-panel bg-selected px-3.5 py-2 text-[15px] leading-relaxed break-words whitespace-pre-wrap">
          {query}
        </div>
      </div>
    );
  }
  const send = () => {
    if (!draft.trim()) return;
    setDraft(undefined);
    onEdit(draft.trim());
  };
  return (
    <form
      className="grid w-full gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Textarea
        autoFocus
        rows={1}
        aria-label={t('chat.editQuestion')}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            setDraft(undefined);
          }
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={() => setDraft(undefined)}>
          {t('common.cancel')}
        </Button>
        <Button size="sm" type="submit" variant="primary" disabled={!draft.trim()}>
          {t('chat.askAgain')}
        </Button>
      </div>
    </form>
  );
}
