-- id: A43
-- name_zh: 记录日期早于发生日期，或补记过晚
-- name_en: Recorded before it happened, or much too late
-- version: 1
-- source: ILR OutCollDate_01; HMIS E1043, E1047
-- thresholds: skew_days = 1 时钟容差（天） | days that clocks may differ; late_days = 730 补记期限（天） | days after which
--   a record is late
-- cases: future E, late W
-- zh.future: 所记日期 {happened_on} 晚于登记日期 {recorded_day}
-- en.future: it is dated {happened_on}, after the day it was recorded, {recorded_day}
-- zh.late: {happened_on} 的事 {recorded_day} 才登记，隔了 {days} 天
-- en.late: what happened on {happened_on} was recorded on {recorded_day}, {days} days later
-- facts: happened_on, recorded_day, days
-- figures: training_completions, certificates_issued, agreements_signed, contracts_signed, employment_starts,
--   visits_completed, issues_opened, issues_resolved, mean_monthly_wage
-- rule_zh: 发生日期晚于登记日期（超过容差），或登记晚于发生 late_days 天以上。
-- rule_en: An entry dated after the day it was recorded, by more than skew_days; or recorded more than late_days
--   after what it states.

WITH dated AS (
    SELECT x.log, x.idx, x.subject, 'classes' AS type, CAST(NULL AS TEXT) AS person, x.programme, x.region,
           x.recorded_day, x.opened_on AS happened_on, x.opened_day AS happened_day
    FROM live_classes x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'enrolments', x.person, x.programme, x.region,
           x.recorded_day, x.enrolled_on, x.enrolled_day
    FROM live_enrolments x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'results', x.person, x.programme, x.region,
           x.recorded_day, x.ended_on, x.ended_day
    FROM live_results x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'certificates', x.person, x.programme, x.region,
           x.recorded_day, x.issued_on, x.issued_day
    FROM live_certificates x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'closures', CAST(NULL AS TEXT), x.programme, x.region,
           x.recorded_day, x.closed_on, x.closed_day
    FROM live_closures x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'intents', x.person, x.programme, x.region,
           x.recorded_day, x.signed_on, x.signed_day
    FROM live_intents x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'contracts_signed', x.person, x.programme, x.region,
           x.recorded_day, x.signed_on, x.signed_day
    FROM live_contracts_signed x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'contracts_withdrawn', x.person, x.programme, x.region,
           x.recorded_day, x.withdrawn_on, x.withdrawn_day
    FROM live_contracts_withdrawn x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'checks', x.person, x.programme, x.region,
           x.recorded_day, x.checked_on, x.checked_day
    FROM live_checks x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'starts', x.person, x.programme, x.region,
           x.recorded_day, x.started_on, x.started_day
    FROM live_starts x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'ends', x.person, x.programme, x.region,
           x.recorded_day, x.ended_on, x.ended_day
    FROM live_ends x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'visits', x.person, x.programme, x.region,
           x.recorded_day, x.visited_on, x.visited_day
    FROM live_visits x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'attempts', x.person, x.programme, x.region,
           x.recorded_day, x.visited_on, x.visited_day
    FROM live_attempts x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'observed_wages', x.person, x.programme, x.region,
           x.recorded_day, x.observed_on, x.observed_day
    FROM live_observed_wages x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'issues_opened', x.person, x.programme, x.region,
           x.recorded_day, x.opened_on, x.opened_day
    FROM live_issues_opened x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'resolutions', x.person, x.programme, x.region,
           x.recorded_day, x.resolved_on, x.resolved_day
    FROM live_resolutions x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'subsidies', x.person, x.programme, x.region,
           x.recorded_day, x.paid_on, x.paid_day
    FROM live_subsidies x
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'clawbacks', x.person, x.programme, x.region,
           x.recorded_day, x.clawed_back_on, x.clawed_back_day
    FROM live_clawbacks x
)
SELECT d.subject || '/' || d.type AS key, d.person, d.programme, d.region,
       CASE WHEN d.happened_day > d.recorded_day THEN 'future' ELSE 'late' END AS finding, d.log, d.idx,
       CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, d.happened_on, d.recorded_day,
       d.recorded_day - d.happened_day AS days
FROM dated d
WHERE d.happened_day > d.recorded_day + :skew_days OR d.recorded_day > d.happened_day + :late_days
