import type { Export } from "../api/types.ts";
import type { Dataset } from "../domain/datasets.ts";
import { shortId } from "../domain/format.ts";
import type { Session } from "../state/session.ts";
import { ActionsMenu } from "./ActionsMenu.tsx";
import { Icon } from "./Icon.tsx";
import { useExportActions } from "./useExportActions.ts";

interface Props {
  session: Session;
  dataset: Dataset;
  item: Export;
}

/** What one mostly wants of an export as buttons, and the rest in a menu. */
export function RowActions({ session, dataset, item }: Props) {
  const { actions, isBusy } = useExportActions(session, dataset, item);
  const rare = actions.filter(({ isRare }) => isRare);
  const name = ` of export ${shortId(item.exportId)}`;
  return (
    <>
      {actions
        .filter(({ isRare }) => !isRare)
        .map(({ label, icon, onChoose }) => (
          <button key={label} type="button" onClick={onChoose} aria-disabled={isBusy}>
            <Icon name={icon} /> {label}
            <span class="hidden">{name}</span>
          </button>
        ))}
      {rare.length > 0 && <ActionsMenu key="more" items={rare} more={`More actions${name}`} />}
    </>
  );
}
