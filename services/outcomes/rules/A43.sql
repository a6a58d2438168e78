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
-- zh.late: {agency} 于 {recorded_day} 补记 {entries} 条（{what}）早在 {late_days} 天以前的事，最早的是 {happened_on}
-- en.late: {agency} recorded {entries} entries ({what}) on {recorded_day} that state what happened more than
--   {late_days} days before, the first of them on {happened_on}
-- facts: happened_on, recorded_day, agency, what, entries
-- figures: training_completions, certificates_issued, agreements_signed, contracts_signed, employment_starts,
--   visits_completed, issues_opened, issues_resolved, mean_monthly_wage
-- rule_zh: 发生日期晚于登记日期（超过容差）；或登记晚于发生 late_days 天以上，同一单位、同一项目、同一日、同一事项合为一条。
-- rule_en: An entry dated after the day it was recorded, by more than skew_days; or entries recorded more than
--   late_days after what they state, one finding for those of an agency, programme, day and kind.

WITH stated AS (
    SELECT x.log, x.idx, x.subject, 'class_opened' AS type, CAST(NULL AS TEXT) AS person, x.agency, x.programme, x.region,
           x.recorded_day, x.opened_on AS happened_on, x.opened_day AS happened_day
    FROM class_opened x
    WHERE x.opened_day > x.recorded_day + :skew_days OR x.recorded_day > x.opened_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'enrolled', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.enrolled_on, x.enrolled_day
    FROM enrolled x
    WHERE x.enrolled_day > x.recorded_day + :skew_days OR x.recorded_day > x.enrolled_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'training_ended', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.ended_on, x.ended_day
    FROM training_ended x
    WHERE x.ended_day > x.recorded_day + :skew_days OR x.recorded_day > x.ended_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'certificate_issued', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.issued_on, x.issued_day
    FROM certificate_issued x
    WHERE x.issued_day > x.recorded_day + :skew_days OR x.recorded_day > x.issued_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'employer_closed', CAST(NULL AS TEXT), x.agency, x.programme, x.region,
           x.recorded_day, x.closed_on, x.closed_day
    FROM employer_closed x
    WHERE x.closed_day > x.recorded_day + :skew_days OR x.recorded_day > x.closed_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'intent_agreement_signed', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.signed_on, x.signed_day
    FROM intent_agreement_signed x
    WHERE x.signed_day > x.recorded_day + :skew_days OR x.recorded_day > x.signed_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'contract_signed', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.signed_on, x.signed_day
    FROM contract_signed x
    WHERE x.signed_day > x.recorded_day + :skew_days OR x.recorded_day > x.signed_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'contract_withdrawn', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.withdrawn_on, x.withdrawn_day
    FROM contract_withdrawn x
    WHERE x.withdrawn_day > x.recorded_day + :skew_days OR x.recorded_day > x.withdrawn_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'health_check_passed', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.checked_on, x.checked_day
    FROM health_check_passed x
    WHERE x.checked_day > x.recorded_day + :skew_days OR x.recorded_day > x.checked_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'employment_started', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.started_on, x.started_day
    FROM employment_started x
    WHERE x.started_day > x.recorded_day + :skew_days OR x.recorded_day > x.started_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'employment_ended', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.ended_on, x.ended_day
    FROM employment_ended x
    WHERE x.ended_day > x.recorded_day + :skew_days OR x.recorded_day > x.ended_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'visit_completed', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.visited_on, x.visited_day
    FROM visit_completed x
    WHERE x.visited_day > x.recorded_day + :skew_days OR x.recorded_day > x.visited_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'visit_attempted', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.visited_on, x.visited_day
    FROM visit_attempted x
    WHERE x.visited_day > x.recorded_day + :skew_days OR x.recorded_day > x.visited_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'wage_observed', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.observed_on, x.observed_day
    FROM wage_observed x
    WHERE x.observed_day > x.recorded_day + :skew_days OR x.recorded_day > x.observed_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'issue_opened', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.opened_on, x.opened_day
    FROM issue_opened x
    WHERE x.opened_day > x.recorded_day + :skew_days OR x.recorded_day > x.opened_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'issue_resolved', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.resolved_on, x.resolved_day
    FROM issue_resolved x
    WHERE x.resolved_day > x.recorded_day + :skew_days OR x.recorded_day > x.resolved_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'subsidy_paid', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.paid_on, x.paid_day
    FROM subsidy_paid x
    WHERE x.paid_day > x.recorded_day + :skew_days OR x.recorded_day > x.paid_day + :late_days
    UNION ALL
    SELECT x.log, x.idx, x.subject, 'subsidy_clawed_back', x.person, x.agency, x.programme, x.region,
           x.recorded_day, x.clawed_back_on, x.clawed_back_day
    FROM subsidy_clawed_back x
    WHERE x.clawed_back_day > x.recorded_day + :skew_days OR x.recorded_day > x.clawed_back_day + :late_days
),
dated AS (
    SELECT x.log, x.idx, x.subject, x.type, COALESCE(m.root, x.person) AS person, x.agency, x.programme, x.region,
           x.recorded_day, x.happened_on, x.happened_day
    FROM stated x
    LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log) AND g.entry IS NULL
),
-- of an agency, programme, kind and day: how many, the first date, and the place of the first entry
late AS (
    SELECT d.programme, d.agency, d.type, d.recorded_day, COUNT(*) AS entries, MIN(d.happened_on) AS happened_on,
           MIN(d.region) AS region,
           MIN((SELECT l.n FROM numbered l WHERE l.log = d.log) * 1099511627776 + d.idx) AS place
    FROM dated d
    WHERE d.recorded_day > d.happened_day + :late_days
    GROUP BY d.programme, d.agency, d.type, d.recorded_day
)
SELECT d.subject || '/' || d.type AS key, d.person, d.programme, d.region, 'future' AS finding, d.log, d.idx,
       CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, d.happened_on, d.recorded_day, d.agency,
       d.type AS what, CAST(1 AS BIGINT) AS entries
FROM dated d
WHERE d.happened_day > d.recorded_day + :skew_days
UNION ALL
SELECT 'late/' || b.agency || '/' || b.programme || '/' || b.type || '/' || b.recorded_day, CAST(NULL AS TEXT),
       b.programme, b.region, 'late', l.log, b.place % 1099511627776, CAST(NULL AS TEXT), CAST(NULL AS BIGINT),
       b.happened_on, b.recorded_day, b.agency, b.type, b.entries
FROM late b
JOIN numbered l ON l.n = b.place / 1099511627776
