import { Icon } from "./Icon.tsx";

/** That an address asks for something else than is shown: a mistyped filter must not pass for all records. */
export function NotUnderstood({ names }: { names: readonly string[] }) {
  if (names.length === 0) {
    return null;
  }
  return (
    <p class="banner warn" role="status">
      <Icon name="info" />
      <span>These filters of the address were not understood and are not applied: {names.join(", ")}.</span>
    </p>
  );
}
