import { createChatButton } from './chat-button.ts';
import { createChatWindow, isPhone, windowId } from './chat-window.ts';
import { type EmbedConfig, type SettledConfig, settleConfig, tellDeveloper } from './config.ts';
import { makeDraggable } from './drag.ts';
import { frameAddress } from './frame-address.ts';
import { textsFor } from './texts.ts';

declare global {
  interface Window {
    difyChatbotConfig?: Partial<EmbedConfig>;
  }
}

// Known only while the script itself runs, not in its listeners.
const script = document.currentScript;

async function embed(config: SettledConfig): Promise<void> {
  if (document.getElementById(windowId)) return;
  const texts = textsFor(document.documentElement.lang || navigator.language);
  const address = await frameAddress(config);
  const button = createChatButton(config.containerProps, { texts, controls: windowId });
  const chat = createChatWindow({ address, button: button.element, texts });
  const setOpen = (open: boolean) => {
    chat.setOpen(open);
    button.setOpen(open);
  };

  // Before the listener that opens the chat, so that the end of a drag opens nothing.
  if (config.draggable) {
    makeDraggable(button.element, { axis: config.dragAxis ?? 'both', onMove: chat.place });
  }
  button.element.addEventListener('click', () => setOpen(!chat.isOpen()));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && chat.isOpen()) setOpen(false);
  });
  const origin = new URL(config.baseUrl).origin;
  const tellChat = () => {
    const payload = {
      isToggledByButton: true,
      isDraggable: config.draggable === true,
      // Beyond the contract: a sheet covers the button, so that the chat needs its own way to close.
      isSheet: isPhone(),
    };
    chat.frame.contentWindow?.postMessage({ type: 'dify-chatbot-config', payload }, origin);
  };
  window.addEventListener('resize', () => {
    chat.place();
    tellChat();
  });

  window.addEventListener('message', (event: MessageEvent<{ type?: unknown } | null>) => {
    if (event.origin !== origin || event.source !== chat.frame.contentWindow) return;
    switch (event.data?.type) {
      case 'dify-chatbot-iframe-ready':
        chat.setReady();
        tellChat();
        break;
      case 'dify-chatbot-expand-change':
        chat.toggleExpanded();
        break;
      case 'trellis-chatbot-close':
        setOpen(false);
        break;
    }
  });
}

function start(): void {
  const config = settleConfig(
    window.difyChatbotConfig,
    script instanceof HTMLScriptElement ? script.src : undefined,
  );
  if (typeof config === 'string') tellDeveloper(config);
  else void embed(config);
}

if (window.difyChatbotConfig?.dynamicScript || document.readyState === 'complete') start();
else window.addEventListener('load', start);
