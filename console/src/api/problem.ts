import type { ExportStatus, FieldProblem, ProblemDocument } from "./types.ts";

type Code = ProblemDocument["code"] | "UNREACHABLE";

type Told = Partial<Omit<ProblemDocument, "code">> &
  Pick<ProblemDocument, "title" | "detail"> & { code: Code };

/** A request that was not done, told in words for a person. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly code: Code;
  readonly title: string;
  readonly detail: string;
  readonly requestId: string | undefined;
  readonly errors: FieldProblem[];
  readonly exportId: string | undefined;
  readonly exportStatus: ExportStatus | undefined;
  /** Seconds until another try may succeed. */
  readonly retryAfter: number | undefined;

  constructor(document: Told, retryAfter?: number) {
    super(document.detail);
    this.code = document.code;
    this.title = document.title;
    this.detail = document.detail;
    this.requestId = document.requestId;
    this.errors = document.errors ?? [];
    this.exportId = document.exportId;
    this.exportStatus = document.exportStatus;
    this.retryAfter = retryAfter;
  }

  static unreachable(): Problem {
    return new Problem({
      code: "UNREACHABLE",
      title: "The service cannot be reached",
      detail: "Check your connection and try again.",
    });
  }

  static async from(response: Response): Promise<Problem> {
    const seconds = Number(response.headers.get("Retry-After"));
    const retryAfter = seconds > 0 ? seconds : undefined;
    const document: unknown = await response.json().catch(() => null);
    if (isProblemDocument(document)) {
      return new Problem(document, retryAfter);
    }
    // Something between the page and the API answered.
    const detail = `The answer was not one of this service (HTTP ${response.status}). Try again in a moment.`;
    return new Problem({ code: "INTERNAL_ERROR", title: "Something went wrong", detail }, retryAfter);
  }
}

function isProblemDocument(value: unknown): value is ProblemDocument {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value;
}

/** Any error as a problem; a fault of the page itself is told as one too. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) {
    return error;
  }
  return new Problem({
    code: "INTERNAL_ERROR",
    title: "Something went wrong",
    detail: "Reload the page and try again.",
  });
}
