import type { Manifest } from "../api/types.ts";
import { ManifestFields } from "./ManifestFields.tsx";

interface Props {
  id: string;
  exportId: string;
  manifest: Manifest;
  /** Whether the file has amounts, which are added up. */
  hasMoney: boolean;
  columns: number;
}

/** Below its export's row, as wide as the table. */
export function ManifestRow({ id, columns, ...manifest }: Props) {
  return (
    <tr role="row" class="manifest" id={id}>
      <td role="cell" colSpan={columns}>
        <dl>
          <ManifestFields {...manifest} />
        </dl>
      </td>
    </tr>
  );
}
