import { useEffect, useRef } from "preact/hooks";

/**
 * Does something at once, or when the press of a pointer that has begun is over: what moves before would move from under
 * the pointer, and the click would be lost.
 */
export function useAfterPress(): (act: () => void) => void {
  const isPressed = useRef(false);
  const waiting = useRef<(() => void) | null>(null);

  useEffect(() => {
    const listening = new AbortController();
    const options = { capture: true, signal: listening.signal };
    const begin = () => {
      isPressed.current = true;
    };
    const end = () => {
      isPressed.current = false;
      const act = waiting.current;
      waiting.current = null;
      act?.();
    };
    addEventListener("mousedown", begin, options);
    // Before what is clicked: a form must have everything when it is sent.
    addEventListener("click", end, options);
    // No click follows the press of another button.
    addEventListener("mouseup", () => setTimeout(end), options);
    return () => listening.abort();
  }, []);

  return (act) => {
    if (isPressed.current) {
      waiting.current = act;
    } else {
      act();
    }
  };
}
