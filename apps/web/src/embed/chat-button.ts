import type { EmbedTexts } from './texts.ts';

/** Id of the button; pages style it by this name. */
export const buttonId = 'dify-chatbot-bubble-button';

const namespace = 'http://www.w3.org/2000/svg';

/** Every look of the button can be set by the page through a variable of this prefix. */
const variable = (name: string, fallback: string) => `var(--${buttonId}-${name}, ${fallback})`;

const rules = `
#${buttonId} {
  position: fixed;
  bottom: ${variable('bottom', '1rem')};
  right: ${variable('right', '1rem')};
  left: ${variable('left', 'unset')};
  top: ${variable('top', 'unset')};
  width: ${variable('width', '48px')};
  height: ${variable('height', '48px')};
  border-radius: ${variable('border-radius', '25px')};
  background-color: ${variable('bg-color', '#1f7a4d')};
  box-shadow: ${variable('box-shadow', 'rgba(0, 0, 0, 0.2) 0 4px 8px 0')};
  color: #fff;
  border: 0;
  margin: 0;
  padding: 0;
  display: flex;
  align-items: center;
  justify-content: center;
  cursor: pointer;
  z-index: 2147483647;
  touch-action: manipulation;
}
#${buttonId}:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
#${buttonId}[data-draggable] { touch-action: none; }
@media (hover: hover) and (prefers-reduced-motion: no-preference) {
  #${buttonId} { transition: transform 150ms; }
  #${buttonId}:hover { transform: ${variable('hover-transform', 'scale(1.1)')}; }
}
`;

function icon(id: string, path: string): SVGSVGElement {
  const svg = document.createElementNS(namespace, 'svg');
  svg.id = id;
  for (const [name, value] of Object.entries({
    width: '24',
    height: '24',
    viewBox: '0 0 24 24',
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': '2',
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  })) {
    svg.setAttribute(name, value);
  }
  const shape = document.createElementNS(namespace, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

/** Puts the page's own attributes and listeners on the button. */
function applyProps(button: HTMLElement, props: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(props)) {
    if (name === 'className') button.className = String(value);
    else if (name === 'style' && typeof value === 'string') button.style.cssText = value;
    else if (name === 'style') Object.assign(button.style, value);
    else if (name.startsWith('on') && typeof value === 'function') {
      button.addEventListener(name.slice(2).toLowerCase(), value as EventListener);
    } else if (name !== 'id') button.setAttribute(name, String(value));
  }
}

/** The button with its two icons. */
export interface ChatButton {
  readonly element: HTMLButtonElement;
  /** Shows whether the chat is open. */
  readonly setOpen: (open: boolean) => void;
}

/** Makes the button. Styles are set by script alone, which a page's content policy for styles does not forbid. */
export function createChatButton(
  props: Readonly<Record<string, unknown>> | undefined,
  options: { texts: EmbedTexts; controls: string },
): ChatButton {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const { texts } = options;
  const element = document.createElement('button');
  element.type = 'button';
  element.id = buttonId;
  const openIcon = icon('openIcon', 'M21 12a8 8 0 0 1-8 8H4l2-3.2A8 8 0 1 1 21 12ZM9 11h8M9 15h5');
  const closeIcon = icon('closeIcon', 'M6 6l12 12M18 6 6 18');
  element.append(openIcon, closeIcon);
  const setOpen = (open: boolean) => {
    openIcon.style.display = open ? 'none' : 'block';
    closeIcon.style.display = open ? 'block' : 'none';
    element.setAttribute('aria-expanded', String(open));
    element.setAttribute('aria-label', open ? texts.close : texts.open);
  };
  element.setAttribute('aria-controls', options.controls);
  setOpen(false);
  if (props) applyProps(element, props);
  document.body.append(element);
  return { element, setOpen };
}
