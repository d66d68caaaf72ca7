import type { Manifest } from "../api/types.ts";
import { ManifestFields } from "./ManifestFields.tsx";

interface Props {
  id: string;
  exportId: string;
  manifest: Manifest;
  columns: number;
}

/** Below its export's row, as wide as the table. */
export function ManifestRow({ id, exportId, manifest, columns }: Props) {
  return (
    <tr role="row" class="manifest" id={id}>
      <td role="cell" colSpan={columns}>
        <dl>
          <ManifestFields exportId={exportId} manifest={manifest} />
        </dl>
      </td>
    </tr>
  );
}
