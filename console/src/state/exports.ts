import { signal } from "@preact/signals";
import { asProblem, type Problem } from "../api/problem.ts";
import type { ExportPage } from "../api/types.ts";
import { nextRefresh, nextTry } from "../domain/polling.ts";

type Load = (signal: AbortSignal) => Promise<ExportPage>;

/** One page of the history, kept up to date while somebody can see it. */
export class ExportsWatch {
  readonly page = signal<ExportPage | null>(null);
  readonly problem = signal<Problem | null>(null);
  readonly isLoading = signal(false);

  readonly #onChange: (before: ExportPage, after: ExportPage) => void;
  #load: Load | null = null;
  #isHidden: boolean;
  /** Whether what is shown is still another view's. */
  #isOtherView = false;
  #refreshes = 0;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | undefined;

  /** `onChange` is told of what a refresh brought, not of another view. */
  constructor(onChange: (before: ExportPage, after: ExportPage) => void, isHidden = false) {
    this.#onChange = onChange;
    this.#isHidden = isHidden;
  }

  /** Watches another list. What was shown stays until the answer comes. */
  watch(load: Load): void {
    this.#load = load;
    this.#isOtherView = true;
    void this.#refresh(true);
  }

  /** Asks at once, and then often again. */
  refresh(): Promise<void> {
    return this.#refresh(true);
  }

  /** Hidden, nothing is asked; seen again, all is asked at once. */
  setHidden(isHidden: boolean): void {
    this.#isHidden = isHidden;
    if (isHidden) {
      this.#pause();
    } else if (this.#load) {
      void this.#refresh(true);
    }
  }

  stop(): void {
    this.#pause();
    this.#load = null;
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
  }

  async #refresh(isAsked: boolean): Promise<void> {
    if (!this.#load) {
      return;
    }
    this.#pause();
    if (isAsked) {
      this.#refreshes = 0;
      this.#failures = 0;
    }
    const request = new AbortController();
    this.#request = request;
    this.isLoading.value = this.#isOtherView || this.page.value === null;
    try {
      const after = await this.#load(request.signal);
      if (!request.signal.aborted) {
        this.#accept(after);
      }
    } catch (error) {
      if (!request.signal.aborted) {
        this.#fail(asProblem(error));
      }
    }
  }

  #accept(after: ExportPage): void {
    const before = this.#isOtherView ? null : this.page.value;
    this.#isOtherView = false;
    this.page.value = after;
    this.problem.value = null;
    this.isLoading.value = false;
    this.#failures = 0;
    if (before) {
      this.#onChange(before, after);
    }
    const wait = nextRefresh(after.items, this.#refreshes, Date.now());
    this.#refreshes += 1;
    this.#schedule(wait);
  }

  #fail(problem: Problem): void {
    if (this.#isOtherView) {
      this.page.value = null;
    }
    this.#isOtherView = false;
    this.problem.value = problem;
    this.isLoading.value = false;
    // An empty page says what is wrong and has a button; a page with exports tries again by itself.
    if (this.page.value) {
      this.#failures += 1;
      this.#schedule(nextTry(this.#failures, problem.retryAfter));
    }
  }

  #schedule(wait: number | null): void {
    if (wait !== null && !this.#isHidden) {
      this.#timer = setTimeout(() => void this.#refresh(false), wait);
    }
  }
}
