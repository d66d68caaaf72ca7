import { Icon } from "./Icon.tsx";

interface Props {
  names: readonly string[];
  /** What names them. */
  of: "address" | "export";
}

/** That an address asks for something else than is shown: a mistyped filter must not pass for all records. */
export function NotUnderstood({ names, of }: Props) {
  if (names.length === 0) {
    return null;
  }
  return (
    <p class="banner warn" role="status">
      <Icon name="info" />
      <span>
        These filters of the {of} were not understood and are not applied: {names.join(", ")}.
      </span>
    </p>
  );
}
