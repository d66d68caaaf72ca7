import type { Api } from "../api/client.ts";
import type { Export } from "../api/types.ts";
import { rows, shortId } from "../domain/format.ts";
import { lookAgain } from "../state/workspace.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { cancelExport, deleteFile } from "./exportActs.ts";
import { useIsOpen } from "./useIsOpen.ts";

interface Props {
  api: Api;
  item: Export;
  onClose: () => void;
}

export function CancelDialog({ api, item, onClose }: Props) {
  const onYes = useEnding(cancelExport, { api, item, onClose });
  return (
    <ConfirmDialog
      title={`Cancel export ${shortId(item.exportId)}?`}
      yes="Cancel the export"
      no="Go on with it"
      onYes={onYes}
      onClose={onClose}
    >
      <p>
        What was made so far, {rows(item.progress?.rowsWritten ?? 0)}, is thrown away, and nobody gets a mail.
        You can launch it again later, from the start.
      </p>
    </ConfirmDialog>
  );
}

export function DeleteDialog({ api, item, onClose }: Props) {
  const onYes = useEnding(deleteFile, { api, item, onClose });
  return (
    <ConfirmDialog
      title={`Delete the file of export ${shortId(item.exportId)}?`}
      yes="Delete the file"
      no="Keep it"
      onYes={onYes}
      onClose={onClose}
    >
      <p>
        All links to it stop working at once, also those that were mailed, and nothing brings the file back.
        The export stays in the history, and can be launched again.
      </p>
    </ConfirmDialog>
  );
}

function useEnding(end: (api: Api, item: Export) => Promise<boolean>, { api, item, onClose }: Props) {
  const isOpen = useIsOpen();
  return async () => {
    await end(api, item);
    lookAgain();
    // Another dialog may be open by now.
    if (isOpen()) {
      onClose();
    }
  };
}
