import { isPhone } from './chat-window.ts';

/** A shorter way of the pointer is a click, in pixels. */
const clickPx = 8;

/** Lets people push the button aside; it never leaves the window, and a drag does not count as a click. */
export function makeDraggable(
  element: HTMLElement,
  options: { axis: 'x' | 'y' | 'both'; onMove: () => void },
): void {
  let start: { x: number; y: number; left: number; top: number } | undefined;
  let dragged = false;
  element.dataset['draggable'] = '';

  element.addEventListener('pointerdown', (event) => {
    if (isPhone() || event.button !== 0) return;
    const { left, top } = element.getBoundingClientRect();
    start = { x: event.clientX, y: event.clientY, left, top };
    dragged = false;
    // A quick pointer leaves the button with its first step.
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    if (!start) return;
    const [x, y] = [event.clientX - start.x, event.clientY - start.y];
    if (!dragged && Math.hypot(x, y) <= clickPx) return;
    dragged = true;
    const { clientWidth, clientHeight } = document.documentElement;
    const within = (value: number, space: number) => `${Math.max(0, Math.min(value, space))}px`;
    if (options.axis !== 'y') {
      element.style.left = within(start.left + x, clientWidth - element.offsetWidth);
      element.style.right = 'auto';
    }
    if (options.axis !== 'x') {
      element.style.top = within(start.top + y, clientHeight - element.offsetHeight);
      element.style.bottom = 'auto';
    }
    options.onMove();
  });
  const end = () => {
    start = undefined;
  };
  element.addEventListener('pointerup', end);
  element.addEventListener('pointercancel', end);
  element.addEventListener(
    'click',
    (event) => {
      if (!dragged) return;
      dragged = false;
      event.stopImmediatePropagation();
      event.preventDefault();
    },
    true,
  );
  // A narrow window has its own place for the button.
  window.addEventListener('resize', () => {
    if (!isPhone()) return;
    for (const name of ['left', 'right', 'top', 'bottom']) element.style.removeProperty(name);
  });
}
