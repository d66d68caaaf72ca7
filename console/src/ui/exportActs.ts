import type { Api } from "../api/client.ts";
import { asProblem } from "../api/problem.ts";
import type { Export } from "../api/types.ts";
import { choice, shortId } from "../domain/format.ts";
import { notify } from "../state/notices.ts";

/** What a person does to an export that there is: each says by itself what came of it, and answers whether it was done. */

export function cancelExport(api: Api, { exportId }: Export): Promise<boolean> {
  return act(() => api.cancel(exportId), `Export ${shortId(exportId)} was`, "cancelled.");
}

export function deleteFile(api: Api, { exportId }: Export): Promise<boolean> {
  return act(() => api.deleteFile(exportId), `The file of export ${shortId(exportId)} was`, "deleted.");
}

/** With the same key, however often it is asked for, one export is launched. */
export function launchAgain(api: Api, { exportId }: Export, key: string): Promise<boolean> {
  const done = "launched again. The link will be mailed when the file is ready.";
  return act(() => api.retry(exportId, key), `Export ${shortId(exportId)} was`, done);
}

async function act(ask: () => Promise<unknown>, subject: string, done: string): Promise<boolean> {
  try {
    await ask();
    notify("success", `${subject} ${done}`);
    return true;
  } catch (error) {
    notify("error", `${subject} not ${done.split(".")[0]}${reason(error)}`);
    return false;
  }
}

/** Mostly that the export is not any more what the page still shows. */
function reason(error: unknown): string {
  const { code, title, detail, exportStatus, exportId } = asProblem(error);
  if (code === "EXPORT_ALREADY_PENDING" && exportId) {
    return `: your export ${shortId(exportId)} is still pending.`;
  }
  return exportStatus ? `: it is ${choice(exportStatus).toLowerCase()} by now.` : `. ${title}: ${detail}`;
}
