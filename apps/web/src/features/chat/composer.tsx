import { ArrowUp, File as FileIcon, Paperclip, Square, X } from 'lucide-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from 'zustand';
import type { StoreApi } from 'zustand/vanilla';
import type { FileUploadConfig } from '../../api/model-config.ts';
import { cx } from '../../lib/cx.ts';
import { useErrorText } from '../../lib/error-text.ts';
import { IconButton } from '../../ui/button.tsx';
import { Textarea } from '../../ui/input.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import type { ChatState } from './chat-store.ts';
import { type Attachment, attachmentRules, type UploadFile, useAttachments } from './files.ts';
import { type Transcribe, VoiceInput } from './voice-input.tsx';

interface ComposerProps {
  readonly store: StoreApi<ChatState>;
  readonly inputs: () => Readonly<Record<string, unknown>>;
  readonly placeholder?: string | undefined;
  readonly fileUpload?: FileUploadConfig | undefined;
  readonly upload?: UploadFile;
  /** Called before asking; false refuses (and shows why elsewhere). */
  readonly mayAsk?: () => boolean;
  readonly disabled?: boolean;
  readonly autoFocus?: boolean;
  /** Whether Enter alone sends, as usual; otherwise it breaks the line and Ctrl or Cmd with it sends. */
  readonly sendOnEnter?: boolean;
  /** Writes down what is said; absent where the app does not listen. */
  readonly transcribe?: Transcribe | undefined;
}

function AttachmentChip({ item, onRemove }: { item: Attachment; onRemove: () => void }) {
  const { t } = useTranslation();
  const describe = useErrorText();
  return (
    <li
      className={cx(
        'flex max-w-64 items-center gap-2 rounded-control border bg-sunken py-1 ps-1.5 pe-1 text-sm',
        item.error ? 'border-danger' : '',
      )}
    >
      {item.type === 'image' ? (
        <img src={item.previewUrl} alt="" className="size-7 rounded-sm object-cover" />
      ) : (
        <FileIcon aria-hidden="true" className="size-4 text-ink-faint" />
      )}
      <span className="min-w-0 flex-1">
        <span className="block truncate">{item.name}</span>
        {item.error ? (
          <span role="alert" className="block truncate text-xs text-danger-ink">
            {describe(item.error)}
          </span>
        ) : null}
      </span>
      {item.uploaded || item.error ? (
        <button
          type="button"
          aria-label={t('chat.removeFile', { name: item.name })}
          onClick={onRemove}
          className="flex size-5 items-center justify-center rounded-sm text-ink-faint hover:text-ink"
        >
          <X className="size-3.5" />
        </button>
      ) : (
        <Spinner className="size-3.5" />
      )}
    </li>
  );
}

/** Where a question is written: Enter sends, Shift+Enter breaks the line, input methods are left alone. */
export function Composer(props: ComposerProps) {
  const { store } = props;
  const { t } = useTranslation();
  const busy = useStore(store, (state) => state.busy);
  const [text, setText] = useState('');
  const [over, setOver] = useState(false);
  const fileInput = useRef<HTMLInputElement>(null);
  const fileInputId = useId();
  const rules = props.upload ? attachmentRules(props.fileUpload) : undefined;
  const attachments = useAttachments(props.upload, rules);
  const sendable = text.trim() !== '' && !attachments.uploading && !props.disabled;

  const send = () => {
    if (!sendable || busy || (props.mayAsk && !props.mayAsk())) return;
    void store.getState().ask({
      query: text.trim(),
      inputs: props.inputs(),
      files: attachments.references(),
      shownFiles: attachments.shown(),
    });
    setText('');
    attachments.clear();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    if (props.sendOnEnter === false && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    send();
  };

  return (
    <div className="mx-auto w-full max-w-180 px-4 pb-[max(12px,env(safe-area-inset-bottom))] sm:px-6">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping files is an extra to the button inside. */}
      <div
        className={cx(
          'rounded-panel border border-control bg-surface p-1.5 transition-colors duration-120 focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/20',
          over && 'bg-selected',
        )}
        onDragOver={(event) => {
          if (!rules) return;
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          if (!rules) return;
          event.preventDefault();
          setOver(false);
          attachments.add(event.dataTransfer.files);
        }}
      >
        {attachments.items.length > 0 ? (
          <ul className="flex flex-wrap gap-1.5 p-1">
            {attachments.items.map((item) => (
              <AttachmentChip key={item.key} item={item} onRemove={() => attachments.remove(item.key)} />
            ))}
          </ul>
        ) : null}
        <div className="flex items-end gap-1">
          {rules ? (
            <>
              <IconButton
                label={t('chat.attach')}
                icon={<Paperclip />}
                disabled={attachments.items.length >= rules.maxCount}
                onClick={() => fileInput.current?.click()}
              />
              <input
                ref={fileInput}
                id={fileInputId}
                type="file"
                multiple
                accept={rules.accept}
                aria-label={t('chat.attach')}
                className="hidden"
                onChange={(event) => {
                  attachments.add(event.target.files ?? []);
                  event.target.value = '';
                }}
              />
            </>
          ) : null}
          <Textarea
            rows={1}
            value={text}
            autoFocus={props.autoFocus}
            aria-label={t('chat.message')}
            placeholder={props.placeholder || t('chat.placeholder')}
            maxHeightPx={220}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={onKeyDown}
            onPaste={(event) => {
              if (rules && event.clipboardData.files.length > 0) {
                event.preventDefault();
                attachments.add(event.clipboardData.files);
              }
            }}
            className="flex-1 !border-0 !bg-transparent !text-[15px] !ring-0"
          />
          {props.transcribe ? (
            <VoiceInput
              transcribe={props.transcribe}
              disabled={props.disabled ?? false}
              onText={(said) => setText((before) => (before.trim() ? `${before.trimEnd()} ${said}` : said))}
            />
          ) : null}
          {busy ? (
            <IconButton
              variant="secondary"
              label={t('chat.stop')}
              icon={<Square className="fill-current" />}
              onClick={() => store.getState().stop()}
            />
          ) : (
            <IconButton
              variant="primary"
              label={t('chat.send')}
              icon={<ArrowUp />}
              disabled={!sendable}
              onClick={send}
            />
          )}
        </div>
      </div>
    </div>
  );
}
