import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/**
 * A component whose code is fetched when it is first shown. Until then, and if it cannot be had, `Waiting` is shown, which
 * gets the same properties.
 */
export function lazily<P extends object>(
  load: () => Promise<ComponentType<P>>,
  Waiting: ComponentType<P & { isLost: boolean }>,
): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return (props: P) => {
    const [state, setState] = useState<"waiting" | "there" | "lost">(loaded ? "there" : "waiting");
    useEffect(() => {
      if (loaded) {
        return;
      }
      let isOpen = true;
      load()
        .then((component) => {
          loaded = component;
          return "there" as const;
        })
        .catch(() => "lost" as const)
        .then((next) => isOpen && setState(next));
      return () => {
        isOpen = false;
      };
    }, []);
    const Loaded = loaded;
    return state === "there" && Loaded ? (
      <Loaded {...props} />
    ) : (
      <Waiting {...props} isLost={state === "lost"} />
    );
  };
}

/** A new version of the page has taken away the files that this one is made of. */
export function LostPart() {
  return (
    <p class="banner warn" role="alert">
      This part of the page cannot be loaded. Reload the page and try again.
    </p>
  );
}
