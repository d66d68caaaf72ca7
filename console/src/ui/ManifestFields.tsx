import type { Manifest } from "../api/types.ts";
import { count, exactTime, fileSize, rows, shortId } from "../domain/format.ts";
import { amount } from "../domain/money.ts";
import { zone } from "../state/zone.ts";
import { Copyable } from "./Copyable.tsx";

interface Props {
  exportId: string;
  manifest: Manifest;
  /** Whether the file has amounts, which are added up. */
  hasMoney: boolean;
}

/** What a file adds up to, and what it can be checked by: the entries of a list of terms. */
export function ManifestFields({ exportId, manifest, hasMoney }: Props) {
  const { uncompressed } = manifest;
  const totals = Object.entries(manifest.totals);
  return (
    <>
      {hasMoney && (
        <div>
          <dt>Totals</dt>
          <dd>
            {totals.length === 0 ? (
              <span class="muted">none, as the file has no rows</span>
            ) : (
              <ul>
                {totals.map(([currency, total]) => (
                  <li key={currency}>
                    <span class="muted">{currency}</span> {amount(total)}
                  </li>
                ))}
              </ul>
            )}
            {manifest.rowsNotInTotals !== undefined && (
              <p class="muted">{rows(manifest.rowsNotInTotals)} without an amount or currency not added up</p>
            )}
          </dd>
        </div>
      )}
      <div>
        <dt>Complete until</dt>
        <dd>
          {exactTime(manifest.ledgerCompleteUntil ?? manifest.asOf, zone.value)}
          {manifest.ledgerCompleteUntil === undefined && (
            <p class="muted">as far as the records had arrived by then</p>
          )}
        </dd>
      </div>
      <div>
        <dt>SHA-256</dt>
        <dd>
          <Copyable
            text={manifest.sha256}
            name="SHA-256"
            fullName={`SHA-256 of export ${shortId(exportId)}`}
          />
          {uncompressed && <p class="muted">of the .csv.gz file, as it is downloaded</p>}
        </dd>
      </div>
      {uncompressed && (
        <>
          <div>
            <dt>Unpacked size</dt>
            <dd>
              {fileSize(uncompressed.fileSize)}
              {uncompressed.fileSize >= 1000 && <p class="muted">{count(uncompressed.fileSize)} bytes</p>}
            </dd>
          </div>
          <div>
            <dt>Unpacked SHA-256</dt>
            <dd>
              <Copyable
                text={uncompressed.sha256}
                name="unpacked file's SHA-256"
                fullName={`unpacked file's SHA-256 of export ${shortId(exportId)}`}
              />
              <p class="muted">of the .csv file within</p>
            </dd>
          </div>
        </>
      )}
    </>
  );
}
