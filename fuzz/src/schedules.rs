//! Bodies that make and change schedules. What is accepted comes back unchanged from the table, and its periods follow each other.

use shared::{
    domain::schedule::{Activity, Owner, Schedule, ScheduleId},
    items::schedule::{ScheduleItem, due_at},
    wire::{
        schedule::ScheduleObject,
        schedule_request::{NewSchedule, ScheduleChange, dataset_of},
    },
};

use crate::{
    callers::{caller, now},
    requests::accepted,
};

pub fn check(data: &[u8]) {
    // The change comes behind the first NUL, which no JSON has.
    let (body, change) = match data.iter().position(|byte| *byte == 0) {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &b"{}"[..]),
    };
    let caller = caller(false);
    let named = dataset_of(body);
    let Some(new) = accepted(NewSchedule::parse(body, &caller)) else {
        return;
    };
    assert_eq!(
        named,
        Some(new.dataset),
        "the dataset that was permitted is the one that is exported"
    );
    let mut schedule = Schedule {
        id: ScheduleId::new(now(), [7; 10]),
        owner: Owner::of(&caller),
        name: new.name,
        dataset: new.dataset,
        filters: new.filters,
        format: new.format,
        cc: new.cc,
        when: new.when,
        activity: Activity::Active,
        created_at: now(),
        next_from: now(),
        last_run: None,
        version: 1,
    };
    schedule.begin(now());
    run(&schedule);
    if let Some(change) = accepted(ScheduleChange::parse(change, &caller, schedule.dataset)) {
        run(&change.applied_to(&schedule, &caller.email, now()));
    }
}

fn run(schedule: &Schedule) {
    let item = ScheduleItem::new(schedule, due_at(schedule, now()));
    let item: serde_dynamo::Item = serde_dynamo::to_item(item).expect("it can be stored");
    let item: ScheduleItem = serde_dynamo::from_item(item).expect("it can be read");
    assert_eq!(
        &Schedule::try_from(item).expect("it is a schedule"),
        schedule
    );
    let shown = ScheduleObject::of(schedule, now());
    serde_json::to_string(&shown).expect("it can be shown");
    let mut end = schedule.next_from;
    for run in schedule.next_runs(now()).take(5) {
        assert_eq!(
            run.period.start, end,
            "a period begins where the one before ends"
        );
        assert!(run.period.start < run.period.end);
        end = run.period.end;
    }
}
