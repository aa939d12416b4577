import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

/** Closer to the end than this counts as being at the end, in pixels. */
const nearPx = 48;

/**
 * Keeps the end of a scrolling area in view while content grows, but only if the reader is at the end.
 *
 * @returns whether the end is in view, and a way to go there
 */
export function useStickToEnd(ref: RefObject<HTMLElement | null>): { atEnd: boolean; toEnd: () => void } {
  const [atEnd, setAtEnd] = useState(true);
  const stick = useRef(true);
  const toEnd = useCallback(() => {
    const area = ref.current;
    if (!area) return;
    stick.current = true;
    area.scrollTop = area.scrollHeight;
  }, [ref]);
  useEffect(() => {
    const area = ref.current;
    if (!area) return;
    const onScroll = () => {
      stick.current = area.scrollHeight - area.scrollTop - area.clientHeight < nearPx;
      setAtEnd(stick.current);
    };
    const follow = () => {
      if (stick.current) area.scrollTop = area.scrollHeight;
      setAtEnd(area.scrollHeight - area.scrollTop - area.clientHeight < nearPx);
    };
    const observer = new ResizeObserver(follow);
    observer.observe(area);
    for (const child of area.children) observer.observe(child);
    area.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      area.removeEventListener('scroll', onScroll);
    };
  }, [ref]);
  return { atEnd, toEnd };
}
