//! A month's bill. Its amounts are estimates that nobody is charged by, and so they may be floating point.

use super::figures::{Assumed, Figures, Idle, Measured, Prices};

const DAYS: f64 = 30.0;
const HOURS: f64 = DAYS * 24.0;
/// What AWS calls a GB.
const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
const MILLION: f64 = 1_000_000.0;

/// How a stack is used.
#[derive(Clone, Debug)]
pub struct Usage {
    /// Of one export.
    pub rows: u64,
    pub exports_a_day: u32,
    /// Whether the files are compressed with gzip.
    pub gzip: bool,
    /// Of each file.
    pub downloads: u32,
    pub new_records_a_day: u64,
    /// All that the ledger holds.
    pub records: u64,
    /// Whether the template's alarms and its dashboard are there.
    pub alarms: bool,
    /// Whether each function has an alarm that takes a new version back.
    pub gradual_deployment: bool,
    /// Of KMS.
    pub own_keys: u32,
}

/// What a service costs, in dollars a month.
#[derive(Clone, Debug)]
pub struct Line {
    /// The service's name for programs.
    pub key: &'static str,
    pub service: &'static str,
    /// When nobody uses the stack.
    pub idle: f64,
    /// To make exports and deliver them.
    pub exports: f64,
    /// To write records and keep them.
    pub ledger: f64,
}

impl Line {
    pub fn all(&self) -> f64 {
        self.idle + self.exports + self.ledger
    }
}

#[derive(Clone, Debug)]
pub struct Bill {
    pub lines: Vec<Line>,
}

impl Bill {
    pub fn idle(&self) -> f64 {
        self.lines.iter().map(|line| line.idle).sum()
    }

    pub fn exports(&self) -> f64 {
        self.lines.iter().map(|line| line.exports).sum()
    }

    pub fn ledger(&self) -> f64 {
        self.lines.iter().map(|line| line.ledger).sum()
    }

    pub fn all(&self) -> f64 {
        self.lines.iter().map(Line::all).sum()
    }
}

/// What one export uses.
struct Export {
    lambda_gb_seconds: f64,
    invocations: f64,
    read_units: f64,
    write_units: f64,
    puts: f64,
    file_gb: f64,
}

impl Export {
    fn new(usage: &Usage, measured: &Measured, assumed: &Assumed) -> Self {
        let rows = usage.rows as f64;
        let (rows_per_second, bytes_per_row) = match usage.gzip {
            false => (
                measured.network_rows_per_second,
                measured.file_bytes_per_row,
            ),
            true => (
                measured.gzip_network_rows_per_second,
                measured.gzip_file_bytes_per_row,
            ),
        };
        let generator_seconds = rows / rows_per_second;
        let seconds = generator_seconds.ceil();
        let progress = seconds.min(10.0) + ((seconds - 10.0).max(0.0) / 5.0).floor();
        let file_bytes = rows * bytes_per_row;
        let parts = (file_bytes / assumed.part_bytes).ceil();
        let api_seconds = assumed.api_requests * assumed.api_function_ms / 1000.0;
        Self {
            lambda_gb_seconds: (generator_seconds * assumed.generator_mb
                + api_seconds * assumed.api_function_mb)
                / 1024.0,
            // Each request of the API is two invocations at most: the authorizer and the function.
            invocations: 1.0 + 2.0 * assumed.api_requests,
            // Eventually consistent: half a unit for each 4 KB.
            read_units: rows * assumed.item_bytes / 4096.0 / 2.0,
            write_units: assumed.write_units
                + (parts + progress) * assumed.write_units_a_change
                + seconds * assumed.write_units_a_second,
            // Begun, listed and completed; and the manifest.
            puts: parts + 4.0,
            file_gb: file_bytes / GIB,
        }
    }
}

/// What an idle stack uses in a month.
struct IdleMonth {
    lambda_gb_seconds: f64,
    invocations: f64,
    read_units: f64,
    sqs_requests: f64,
    metrics: f64,
}

impl IdleMonth {
    fn new(idle: &Idle) -> Self {
        let passes = idle.reconciler_passes_an_hour * HOURS;
        let sweeps = idle.sweeps_an_hour * HOURS;
        Self {
            lambda_gb_seconds: (passes * idle.reconciler_mb * idle.reconciler_ms
                + sweeps * idle.sweep_mb * idle.sweep_ms)
                / 1024.0
                / 1000.0,
            invocations: passes + sweeps,
            read_units: passes * idle.reconciler_read_units + sweeps * idle.sweep_read_units,
            sqs_requests: idle.queues_with_functions * idle.pollers_a_queue * HOURS * 3600.0
                / idle.poll_seconds,
            metrics: idle.metrics,
        }
    }
}

/// The bill of a month of 30 days.
pub fn bill(usage: &Usage, figures: &Figures, prices: &Prices) -> Bill {
    let (assumed, dollars) = (&figures.assumed, |name| prices.of(name));
    let export = Export::new(usage, &figures.measured, assumed);
    let idle = IdleMonth::new(&figures.idle);
    let exports = f64::from(usage.exports_a_day) * DAYS;
    let new_records = usage.new_records_a_day as f64 * DAYS;

    let lambda = |gb_seconds, invocations| {
        gb_seconds * dollars("lambda_gb_second")
            + invocations / MILLION * dollars("lambda_million_requests")
    };
    let units = |reads, writes| {
        reads / MILLION * dollars("dynamodb_million_reads")
            + writes / MILLION * dollars("dynamodb_million_writes")
    };
    // Kept for a month, which is the default.
    let logs = |invocations| {
        invocations * assumed.log_bytes_an_invocation / GIB
            * (dollars("cloudwatch_gb_of_logs") + dollars("cloudwatch_gb_month_of_logs"))
    };
    // A record is in the table and in two indexes; only the table has a backup.
    let table_gb =
        usage.records as f64 * (assumed.item_bytes + assumed.storage_overhead_bytes) / GIB;
    let storage =
        table_gb * (3.0 * dollars("dynamodb_gb_month") + dollars("dynamodb_backup_gb_month"));
    let files = export.puts / 1000.0 * dollars("s3_thousand_puts")
        + export.file_gb * dollars("s3_gb_month") * assumed.days_kept / DAYS;
    let metrics = (assumed.metrics_of_methods + assumed.metrics_of_exports)
        * dollars("cloudwatch_metric_month")
        * exports.min(HOURS)
        / HOURS;
    let traces = |count: f64| count / MILLION * dollars("xray_million_traces");

    let mut watching = 0.0;
    if usage.alarms {
        watching += figures.idle.alarm_metrics * dollars("cloudwatch_alarm_month")
            + figures.idle.composite_alarms * dollars("cloudwatch_composite_alarm_month")
            + figures.idle.dashboards * dollars("cloudwatch_dashboard_month");
    }
    if usage.gradual_deployment {
        watching += figures.idle.deployment_alarms * dollars("cloudwatch_alarm_month");
    }

    let line = |key, service| Line {
        key,
        service,
        idle: 0.0,
        exports: 0.0,
        ledger: 0.0,
    };
    let lines = vec![
        Line {
            idle: lambda(idle.lambda_gb_seconds, idle.invocations),
            exports: exports * lambda(export.lambda_gb_seconds, export.invocations),
            ..line("lambda", "Lambda")
        },
        Line {
            idle: units(idle.read_units, 0.0),
            exports: exports * units(export.read_units, export.write_units),
            ledger: units(0.0, new_records * assumed.write_units_a_record) + storage,
            ..line("dynamodb", "DynamoDB")
        },
        Line {
            exports: exports * files,
            ..line("s3", "S3")
        },
        Line {
            exports: exports * f64::from(usage.downloads) * export.file_gb * dollars("transfer_gb"),
            ..line("transfer", "data transfer")
        },
        Line {
            exports: exports / 1000.0 * dollars("ses_thousand_mails"),
            ..line("ses", "SES")
        },
        Line {
            exports: exports * assumed.api_requests / MILLION
                * dollars("api_gateway_million_requests"),
            ..line("apiGateway", "API Gateway")
        },
        Line {
            idle: idle.sqs_requests / MILLION * dollars("sqs_million_requests"),
            exports: exports * assumed.sqs_requests / MILLION * dollars("sqs_million_requests"),
            ..line("sqs", "SQS")
        },
        Line {
            idle: logs(idle.invocations)
                + idle.metrics * dollars("cloudwatch_metric_month")
                + watching,
            exports: exports * logs(export.invocations) + metrics,
            ..line("cloudwatch", "CloudWatch")
        },
        Line {
            idle: traces(idle.invocations),
            exports: exports * traces(assumed.traces),
            ..line("xray", "X-Ray")
        },
        Line {
            idle: f64::from(usage.own_keys) * dollars("kms_key_month"),
            ..line("kms", "KMS")
        },
    ];
    Bill { lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bill_of(usage: &Usage) -> Bill {
        let figures = Figures::load().unwrap();
        bill(usage, &figures, &figures.prices["us-east-1"])
    }

    const NOBODY: Usage = Usage {
        rows: 0,
        exports_a_day: 0,
        gzip: false,
        downloads: 1,
        new_records_a_day: 0,
        records: 0,
        alarms: false,
        gradual_deployment: false,
        own_keys: 0,
    };

    fn line<'a>(bill: &'a Bill, key: &str) -> &'a Line {
        bill.lines.iter().find(|line| line.key == key).unwrap()
    }

    #[track_caller]
    fn assert_near(actual: f64, expected: f64) {
        let off = (actual - expected).abs();
        assert!(off < 0.000_5, "{actual} is not {expected}");
    }

    /// By hand, with the prices of us-east-1. One export of a million rows a day is 30 a month.
    ///
    /// - The generator makes 445,000 rows a second: 2.2472 s, with 1,769 MB 3.8821 GB-seconds; the API's functions add
    ///   10 × 0.05 s × 0.25 GB = 0.125. 30 × 4.0071 × $0.0000166667 = $0.00200. 21 invocations each: 630 × $0.2 / 1,000,000
    ///   = $0.00013.
    /// - DynamoDB: 1,000,000 × 580 / 4,096 / 2 = 70,801 read units. 165,000,000 bytes are 32 parts; with 3 records of
    ///   progress there are 100 + 35 × 12 + 3 / 15 = 520.2 write units. 30 × (70,801 × $0.125 + 520.2 × $0.625) / 1,000,000
    ///   = $0.27526.
    /// - S3: 30 × 36 × $0.005 / 1,000 = $0.0054; 0.153668 GB × $0.023 × 7 / 30 × 30 = $0.02474.
    /// - Data transfer: 30 × 0.153668 GB × $0.09 = $0.41490.
    /// - SES: 30 × $0.0001. API Gateway: 300 × $0.0000035 = $0.00105. SQS: 90 × $0.0000004.
    /// - CloudWatch: 27 metrics × $0.30 × 30 / 720 hours = $0.3375; 630 × 1,500 bytes of logs × $0.53 = $0.00047.
    /// - X-Ray: 30 × 11 × $5 / 1,000,000 = $0.00165.
    #[test]
    fn a_million_rows_a_day_cost_a_dollar_a_month() {
        let bill = bill_of(&Usage {
            rows: 1_000_000,
            exports_a_day: 1,
            ..NOBODY
        });
        assert_near(line(&bill, "lambda").exports, 0.002_13);
        assert_near(line(&bill, "dynamodb").exports, 0.275_26);
        assert_near(line(&bill, "s3").exports, 0.030_14);
        assert_near(line(&bill, "transfer").exports, 0.414_90);
        assert_near(line(&bill, "ses").exports, 0.003_00);
        assert_near(line(&bill, "apiGateway").exports, 0.001_05);
        assert_near(line(&bill, "sqs").exports, 0.000_04);
        assert_near(line(&bill, "cloudwatch").exports, 0.337_97);
        assert_near(line(&bill, "xray").exports, 0.001_65);
        assert_near(bill.exports(), 1.066_14);
    }

    /// By hand: the same at 870,000 rows a second takes 1.1494 s, 1.9857 GB-seconds. 26,000,000 bytes are 0.024214 GB in 5
    /// parts.
    ///
    /// - Lambda: 30 × 2.1107 × $0.0000166667 + $0.00013 = $0.00118.
    /// - DynamoDB: with 2 records of progress there are 100 + 7 × 12 + 2 / 15 = 184.1 write units.
    ///   30 × (70,801 × $0.125 + 184.1 × $0.625) / 1,000,000 = $0.26896.
    /// - S3: 30 × 9 × $0.005 / 1,000 = $0.00135; 0.024214 GB × $0.023 × 7 = $0.0039.
    /// - Data transfer: 30 × 0.024214 GB × $0.09 = $0.06538.
    #[test]
    fn compressed_files_leave_aws_for_a_sixth() {
        let bill = bill_of(&Usage {
            rows: 1_000_000,
            exports_a_day: 1,
            gzip: true,
            ..NOBODY
        });
        assert_near(line(&bill, "lambda").exports, 0.001_18);
        assert_near(line(&bill, "dynamodb").exports, 0.268_96);
        assert_near(line(&bill, "s3").exports, 0.005_25);
        assert_near(line(&bill, "transfer").exports, 0.065_38);
    }

    /// By hand: six queues with five calls each, three a minute, are 90 × 43,200 = 3,888,000 requests, $1.5552. The
    /// reconciler's 43,200 passes are 43,200 × 0.1 s × 1,769 / 1,024 GB = 7,462.97 GB-seconds, the sweep's 8,640 are 108:
    /// $0.12618, and 51,840 requests $0.01037. They read 43,200 × 34 + 8,640 × 8.5 = 1,542,240 units, $0.19278. Their logs
    /// are 77,760,000 bytes = 0.07242 GB × $0.53 = $0.03838, their traces 51,840 × $5 / 1,000,000 = $0.2592, and the
    /// reconciler's two metrics $0.60. Alarms on 39 metrics are $3.90, two that are made of others $1.00, the dashboard
    /// $3.00; an alarm for each of 27 functions is $2.70, a key of one's own $1.00.
    #[test]
    fn an_idle_stack_costs_what_its_queues_and_its_clocks_do() {
        let bill = bill_of(&NOBODY);
        assert_near(line(&bill, "sqs").idle, 1.555_2);
        assert_near(line(&bill, "lambda").idle, 0.136_55);
        assert_near(line(&bill, "dynamodb").idle, 0.192_78);
        assert_near(line(&bill, "cloudwatch").idle, 0.638_38);
        assert_near(line(&bill, "xray").idle, 0.259_20);
        assert_near(bill.all(), 2.782_11);
        let watched = bill_of(&Usage {
            alarms: true,
            own_keys: 1,
            ..NOBODY
        });
        assert_near(watched.idle(), 2.782_11 + 7.9 + 1.0);
        let careful = bill_of(&Usage {
            gradual_deployment: true,
            ..NOBODY
        });
        assert_near(careful.idle(), 2.782_11 + 2.7);
    }

    /// By hand: 100,000 new records a day are 9,000,000 write units a month, $5.625. Ten million records of 680 bytes are
    /// 6.33299 GB: three times at $0.25 and once at $0.20 are $6.01634.
    #[test]
    fn records_cost_when_they_are_written_and_while_they_are_kept() {
        let bill = bill_of(&Usage {
            new_records_a_day: 100_000,
            records: 10_000_000,
            ..NOBODY
        });
        assert_near(bill.ledger(), 5.625 + 6.016_34);
        assert_near(bill.exports(), 0.0);
    }

    /// 24 hours a day is the most that a metric can be charged for.
    #[test]
    fn metrics_cost_no_more_than_a_month() {
        let metrics = |exports_a_day| {
            let bill = bill_of(&Usage {
                exports_a_day,
                ..NOBODY
            });
            line(&bill, "cloudwatch").exports
        };
        // 27 × $0.30, and logs: 720 or 7,200 exports with 21 lines of 1,500 bytes at $0.53 a GB.
        assert_near(metrics(24), 8.1 + 0.011_20);
        assert_near(metrics(240), 8.1 + 0.111_95);
    }
}
