//! `POST /v1/payments/{dataset}/export/estimate`.

use std::time::Duration;

use http::StatusCode;
use shared::{
    aws::ledger::{LedgerQuery, LedgerTable},
    domain::{caller::Act, selection::Selection, time},
    http::{Answer, Request, require},
    plan::Plan,
    wire::{
        estimate::{EstimateObject, EstimatedNumber, EstimatedSeconds},
        problem::Problem,
        trigger_request::TriggerRequest,
    },
};
use tokio::time::Instant;

use crate::{
    reading::{Counted, Deadlines, Reading},
    sample::{self, Expected},
    tally::Decoders,
};

/// Records that a generator passes over in a second: of a slow and of a fast table. `make bench` measures the latter
/// without a network between them.
const SLOW: u64 = 100_000;
const FAST: u64 = 400_000;

/// From the launch to the mail of a small export: with everything warm, and with cold starts.
const SHORTEST: u64 = 1;
const LONGEST: u64 = 5;

/// The client and the setting of this function.
pub struct Estimate {
    pub ledger: LedgerTable,
    /// How long the ledger may be read. Two thirds of it are for counting if a sample must be read then.
    pub time: Duration,
}

impl Estimate {
    pub async fn handle(&self, request: Request) -> Result<Answer, Problem> {
        let started = Instant::now();
        let caller = request.caller()?;
        let (dataset, _) = request.dataset()?;
        require(caller, Act::Read, dataset)?;
        let body = TriggerRequest::parse(request.json_body()?, caller, dataset)
            .map_err(Problem::InvalidRequest)?;

        // What a launch would ask for at this moment.
        let export = body.into_export(caller, dataset, time::now(), [0; 10]);
        let plan = Plan::of(&export, &self.ledger).await?;
        let selection = Selection::of(&export);
        // Rows are counted by status and day even if the file has no such columns.
        let columns = dataset.columns_for(export.audience());
        let query = LedgerQuery::new(&selection, columns.map(|column| column.name));
        let reading = Reading {
            ledger: &self.ledger,
            lanes: &plan.lanes,
            query: &query,
        };
        let mut decoders = Decoders::new(plan.decoder.clone());
        let header = plan.decoder.header().len() as u64;

        let deadlines = Deadlines {
            counting: started + self.time * 2 / 3,
            reading: started + self.time,
        };
        let counted = reading
            .count(&mut decoders, &selection.source, deadlines)
            .await?;
        if counted.is_whole {
            return Answer::json(StatusCode::OK, &exact(&counted, header));
        }
        let lanes = counted.whole_lanes;
        let expected = if lanes.are_a_sample(&selection.source) {
            Some(sample::expected_of_shards(lanes, plan.lanes.len()))
        } else {
            reading
                .sample(&selection.source, &mut decoders, deadlines.reading)
                .await?
        };
        let expected = expected
            .ok_or_else(|| Problem::internal("the ledger answers too slowly to be sampled"))?;
        Answer::json(StatusCode::OK, &estimated(&counted, expected, header))
    }
}

/// All rows were counted.
fn exact(counted: &Counted, header: u64) -> EstimateObject {
    let tally = &counted.tally;
    EstimateObject {
        row_count: EstimatedNumber::exact(tally.lot.rows),
        file_size: EstimatedNumber::exact(header + tally.lot.size),
        seconds: seconds(tally.lot.scanned, tally.lot.scanned),
        totals: Some(tally.totals()),
        statuses: tally.statuses(),
        days: Some(tally.days()),
    }
}

/// There are at least as many rows as were counted, and most likely as many as the sample lets one expect.
fn estimated(counted: &Counted, expected: Expected, header: u64) -> EstimateObject {
    let tally = &counted.tally;
    let rows = EstimatedNumber {
        min: (expected.least_rows as u64).max(tally.lot.rows),
        max: (expected.most_rows.ceil() as u64).max(tally.lot.rows),
        is_exact: false,
    };
    let row_size = match expected.rows {
        rows if rows > 0.0 => expected.size / rows,
        _ => tally.lot.size as f64 / (tally.lot.rows.max(1)) as f64,
    };
    let size = |rows: u64| header + (rows as f64 * row_size) as u64;
    EstimateObject {
        row_count: rows,
        file_size: EstimatedNumber {
            min: size(rows.min),
            max: size(rows.max),
            is_exact: false,
        },
        seconds: seconds(
            tally.lot.scanned,
            (expected.scanned as u64).max(tally.lot.scanned),
        ),
        totals: None,
        statuses: None,
        days: None,
    }
}

/// How long it takes to look at so many records and to send the mail.
fn seconds(least_scanned: u64, most_scanned: u64) -> EstimatedSeconds {
    EstimatedSeconds {
        min: SHORTEST + least_scanned / FAST,
        max: LONGEST + most_scanned / SLOW,
    }
}
