import type { Api } from "../api/client.ts";
import type { Export, ExportPage } from "../api/types.ts";
import type { Dataset } from "../domain/datasets.ts";
import { settled } from "../domain/exports.ts";
import { rows, shortId } from "../domain/format.ts";
import { notify } from "../state/notices.ts";

/** Says which exports ended between two looks at a list, also those that a status filter then hides. */
export async function announceChanges(api: Api, dataset: Dataset, before: ExportPage, after: ExportPage) {
  const { ended, gone } = settled(before.items, after.items);
  for (const item of ended) {
    announce(item);
  }
  for (const { exportId } of gone) {
    const item = await api.detail(dataset.slug, exportId).catch(() => null);
    if (item) {
      announce(item);
    }
  }
}

function announce(item: Export): void {
  const name = `Export ${shortId(item.exportId)}`;
  if (item.status === "READY") {
    notify("success", `${name} is ready: ${rows(item.rowCount ?? 0)}.`);
  } else if (item.status === "FAILED") {
    notify("error", `${name} failed. ${item.failureReason ?? ""}`);
  }
}
