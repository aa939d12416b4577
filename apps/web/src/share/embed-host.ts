import { useEffect, useState } from 'react';

/** The page that holds this one in its chat bubble, as far as it made itself known. */
export interface EmbedHost {
  /** A button of the host opens and closes this page. */
  readonly isBubble: boolean;
  /** This page covers the host's, and its button with it. */
  readonly isSheet: boolean;
  readonly expand: () => void;
  readonly close: () => void;
}

interface HostPayload {
  readonly isToggledByButton?: unknown;
  readonly isSheet?: unknown;
}

/** Origin of the page around this one, where the browser tells it. */
function hostOrigin(): string | undefined {
  const ancestor = window.location.ancestorOrigins?.[0];
  if (ancestor) return ancestor;
  return document.referrer && URL.canParse(document.referrer) ? new URL(document.referrer).origin : undefined;
}

function tell(type: string): void {
  // None of the messages holds anything of the visitor, so that an unknown host may hear them.
  window.parent.postMessage({ type }, hostOrigin() ?? '*');
}

const expand = () => tell('dify-chatbot-expand-change');
const close = () => tell('trellis-chatbot-close');

/** Talks with the embed script of the page around this one; nothing happens where there is none. */
export function useEmbedHost(): EmbedHost {
  const [place, setPlace] = useState({ isBubble: false, isSheet: false });
  useEffect(() => {
    if (window.parent === window) return;
    const onMessage = (event: MessageEvent<{ type?: unknown; payload?: HostPayload }>) => {
      const origin = hostOrigin();
      if (event.source !== window.parent || (origin !== undefined && event.origin !== origin)) return;
      if (event.data?.type === 'dify-chatbot-config') {
        const { isToggledByButton, isSheet } = event.data.payload ?? {};
        setPlace({ isBubble: isToggledByButton === true, isSheet: isSheet === true });
      }
    };
    // Inside the frame the host does not hear the keyboard. Dialogs and menus of this page close first.
    const onKeyDown = (event: KeyboardEvent) => {
      if (
        event.key === 'Escape' &&
        !event.defaultPrevented &&
        !document.querySelector('[role=dialog],[role=menu]')
      ) {
        close();
      }
    };
    window.addEventListener('message', onMessage);
    window.addEventListener('keydown', onKeyDown);
    tell('dify-chatbot-iframe-ready');
    return () => {
      window.removeEventListener('message', onMessage);
      window.removeEventListener('keydown', onKeyDown);
    };
  }, []);
  return { ...place, expand, close };
}
