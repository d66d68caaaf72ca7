import { useState } from "preact/hooks";
import { asProblem } from "../api/problem.ts";
import { changeSchedule, listSchedules, removeSchedule } from "../api/schedules.ts";
import type { Schedule } from "../api/types.ts";
import { exportedBy } from "../domain/datasets.ts";
import { notify } from "../state/notices.ts";
import type { Session } from "../state/session.ts";
import { ConfirmDialog } from "./ConfirmDialog.tsx";
import { EmptyState } from "./EmptyState.tsx";
import { Icon } from "./Icon.tsx";
import { LoadingRows } from "./LoadingRows.tsx";
import { ProblemMessage } from "./ProblemMessage.tsx";
import { ScheduleDialog } from "./ScheduleDialog.tsx";
import { ScheduleDrawer } from "./ScheduleDrawer.tsx";
import { ScheduleTable } from "./ScheduleTable.tsx";
import { useAnswer } from "./useAnswer.ts";

type Open = { kind: "add" } | { kind: "edit" | "remove" | "details"; schedule: Schedule };

/** Exports that are made by themselves, again and again. */
export function SchedulesPage({ session }: { session: Session }) {
  const { api, caller } = session;
  const [first, ...others] = exportedBy(caller);
  const [looks, setLooks] = useState(0);
  const [open, setOpen] = useState<Open | null>(null);
  const { value: schedules, problem } = useAnswer(`${looks}`, (signal) => listSchedules(api, signal));
  const lookAgain = () => setLooks((looks) => looks + 1);
  const close = () => setOpen(null);
  const mayChange = ({ dataset }: Schedule) =>
    [first, ...others].some((exported) => exported?.slug === dataset);

  /** Says what came of it. */
  const act = async (ask: () => Promise<unknown>, done: string, notDone: string) => {
    try {
      await ask();
      notify("success", done);
    } catch (error) {
      const { title, detail } = asProblem(error);
      notify("error", `${notDone} ${title}: ${detail}`);
    }
    lookAgain();
  };
  const onToggle = ({ scheduleId, name, paused }: Schedule) =>
    act(
      () => changeSchedule(api, scheduleId, { paused: !paused }),
      paused
        ? `${name} runs again. What it missed is left out.`
        : `${name} makes no exports until it is resumed.`,
      "The schedule was not changed.",
    );
  /** Shows when it runs now. */
  const onSaved = (schedule: Schedule) => {
    lookAgain();
    // Who has closed the form is somewhere else by now, and stays there.
    setOpen((now) => (now?.kind === "add" || now?.kind === "edit" ? { kind: "details", schedule } : now));
  };

  const addButton = (
    <button type="button" class="primary" onClick={() => setOpen({ kind: "add" })}>
      <Icon name="plus" /> New schedule…
    </button>
  );
  return (
    <>
      <div class="title">
        <h1>Schedules</h1>
        {schedules && schedules.length > 0 && addButton}
      </div>
      <p class="muted">
        A schedule makes the same export again and again, each time of the complete period before. Who made it
        gets the mails, and alone changes it.
      </p>
      {problem && (
        <div class="empty">
          <ProblemMessage problem={problem} />
          <button type="button" class="primary" onClick={lookAgain}>
            Try again
          </button>
        </div>
      )}
      {!problem && !schedules && <LoadingRows name="schedules" />}
      {schedules?.length === 0 && (
        <EmptyState title="No schedules yet" action={addButton}>
          Make one for a file that you need each morning, each week or each month.
        </EmptyState>
      )}
      {schedules && schedules.length > 0 && (
        <ScheduleTable
          schedules={schedules}
          actions={(schedule) =>
            mayChange(schedule)
              ? [
                  { label: "Edit…", onChoose: () => setOpen({ kind: "edit", schedule }) },
                  { label: schedule.paused ? "Resume" : "Pause", onChoose: () => void onToggle(schedule) },
                  { label: "Delete…", onChoose: () => setOpen({ kind: "remove", schedule }) },
                ]
              : []
          }
          onDetails={(schedule) => setOpen({ kind: "details", schedule })}
        />
      )}
      {first && open?.kind === "add" && (
        <ScheduleDialog session={session} datasets={[first, ...others]} onClose={close} onSaved={onSaved} />
      )}
      {first && open?.kind === "edit" && (
        <ScheduleDialog
          session={session}
          datasets={[first, ...others]}
          schedule={open.schedule}
          onClose={close}
          onSaved={onSaved}
        />
      )}
      {open?.kind === "details" && <ScheduleDrawer schedule={open.schedule} onClose={close} />}
      {open?.kind === "remove" && (
        <ConfirmDialog
          title="Delete this schedule?"
          yes="Delete the schedule"
          no="Keep it"
          onYes={async () => {
            const { scheduleId, name } = open.schedule;
            await act(
              () => removeSchedule(api, scheduleId),
              `The schedule ${name} was deleted.`,
              "The schedule was not deleted.",
            );
            close();
          }}
          onClose={close}
        >
          <p>
            {open.schedule.name} makes no more exports. Those that it made stay in the history, and a pause
            would keep it.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}
