import type { EmbedTexts } from './texts.ts';

/** Id of the frame; pages style it by this name. */
export const windowId = 'dify-chatbot-bubble-window';

/** Windows up to this width get the chat as a sheet over the whole page. */
const phoneQuery = '(max-width: 640px)';
/** Space between the button and the chat, and between the chat and the edge, in pixels. */
const gapPx = 8;
const edgePx = 16;

/** The frame with the chat. */
export interface ChatWindow {
  readonly frame: HTMLIFrameElement;
  readonly isOpen: () => boolean;
  readonly setOpen: (open: boolean) => void;
  readonly toggleExpanded: () => void;
  /** Puts the window where the button is now. */
  readonly place: () => void;
  /** The chat answers and has its own way to close. */
  readonly setReady: () => void;
}

/** Whether the page is looked at on a phone. */
export function isPhone(): boolean {
  return matchMedia(phoneQuery).matches;
}

/** Styles that hosts may override with a rule of their own. */
const dressed: Partial<CSSStyleDeclaration> = {
  position: 'fixed',
  border: 'none',
  display: 'none',
  flexDirection: 'column',
  zIndex: '2147483640',
  overflow: 'hidden',
  userSelect: 'none',
  borderRadius: '1rem',
  backgroundColor: 'Canvas',
  boxShadow: 'rgba(0, 0, 0, 0.18) 0 10px 32px, rgba(0, 0, 0, 0.1) 0 0 0 1px',
  colorScheme: 'normal',
};

/** Makes the frame, hidden and loading ahead of time, so that the chat is there when it is opened. */
export function createChatWindow(options: {
  address: string;
  button: HTMLElement;
  texts: EmbedTexts;
}): ChatWindow {
  const { address, button, texts } = options;
  const frame = document.createElement('iframe');
  frame.id = windowId;
  frame.title = texts.window;
  frame.allow = 'fullscreen;microphone';
  Object.assign(frame.style, dressed);
  frame.src = address;
  document.body.append(frame);

  let open = false;
  let expanded = false;
  let ready = false;

  // Hosts give the window a size of their own with `!important`; on phones the sheet comes first.
  const set = (values: Record<string, string>, priority: '' | 'important' = '') => {
    for (const name of ['top', 'right', 'bottom', 'left', 'width', 'height', 'max-width', 'max-height']) {
      frame.style.removeProperty(name);
    }
    for (const [name, value] of Object.entries(values)) frame.style.setProperty(name, value, priority);
  };

  const place = () => {
    if (isPhone()) {
      // Until the chat shows its own way to close, the button stays reachable below it.
      const height = ready ? '100dvh' : 'calc(100dvh - 5rem)';
      set(
        {
          top: '0',
          left: '0',
          width: '100vw',
          height,
          'max-width': 'none',
          'max-height': 'none',
          'border-radius': '0',
        },
        'important',
      );
      return;
    }
    frame.style.setProperty('border-radius', '1rem');
    const rect = button.getBoundingClientRect();
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    const below = rect.top + rect.height / 2 < height / 2;
    const onLeft = rect.left + rect.width / 2 < width / 2;
    const vertical = Math.max(edgePx, (below ? rect.bottom : height - rect.top) + gapPx);
    const horizontal = Math.max(edgePx, onLeft ? rect.left : width - rect.right);
    set({
      [below ? 'top' : 'bottom']: `${vertical}px`,
      [onLeft ? 'left' : 'right']: `${horizontal}px`,
      width: expanded ? 'clamp(24rem, 48%, 40rem)' : '24rem',
      height: expanded ? '88%' : '43.75rem',
      'max-width': 'calc(100vw - 2rem)',
      'max-height': `min(calc(100vh - 6rem), ${Math.max(200, height - vertical - edgePx)}px)`,
    });
  };

  const showButton = () => {
    button.style.visibility = open && ready && isPhone() ? 'hidden' : '';
  };

  return {
    frame,
    isOpen: () => open,
    setOpen: (next) => {
      if (open === next) return;
      open = next;
      if (open) place();
      frame.style.display = open ? 'block' : 'none';
      showButton();
      if (open) frame.focus();
      else button.focus({ preventScroll: true });
    },
    toggleExpanded: () => {
      expanded = !expanded;
      place();
    },
    place: () => {
      if (open) place();
      showButton();
    },
    setReady: () => {
      ready = true;
      if (open) place();
      showButton();
    },
  };
}
