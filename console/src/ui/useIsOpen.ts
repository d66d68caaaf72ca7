import { useEffect, useRef } from "preact/hooks";

/** Tells a request that ends late whether what sent it is still in the page. */
export function useIsOpen(): () => boolean {
  const isOpen = useRef(true);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  return () => isOpen.current;
}
