import type { Api } from "../api/client.ts";
import { stringifyExact } from "../api/json.ts";
import type { FileRequest } from "../api/types.ts";
import type { Dataset } from "../domain/datasets.ts";
import { describeEstimate } from "../domain/estimate.ts";
import { useAnswer } from "./useAnswer.ts";

/** Long enough that a word is not estimated letter by letter. */
const PAUSE_MILLISECONDS = 400;

interface Props {
  api: Api;
  dataset: Dataset;
  /** Null while the form has mistakes. */
  file: FileRequest | null;
  isCompressed: boolean;
}

/** What the export will come to, in words. */
export function EstimateText({ api, dataset, file, isCompressed }: Props) {
  const question = file && stringifyExact(file);
  const { value, isLoading } = useAnswer(
    question,
    (signal) => api.estimate(dataset.slug, file ?? {}, signal),
    PAUSE_MILLISECONDS,
  );
  return (
    <p class="muted" role="status" aria-busy={isLoading}>
      {file === null || isLoading
        ? file && "Estimating…"
        : value
          ? `${describeEstimate(value, dataset, isCompressed)}.`
          : withoutNumbers(file, dataset)}
    </p>
  );
}

/** An estimate is a service: without it, an export can be launched as well. */
function withoutNumbers({ filters }: FileRequest, dataset: Dataset): string {
  return filters ? "Exports what matches these filters." : `Exports all ${dataset.name} that you may see.`;
}
