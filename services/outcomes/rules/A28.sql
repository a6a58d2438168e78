-- id: A28
-- name_zh: 未经培训或体检即上岗
-- name_en: Started without training or health check
-- version: 1
-- source: gate of the 100 % rates for pre-job training and health checks
-- thresholds: check_days = 365 体检有效期（天） | days that a health check holds
-- cases: neither E, no_training E, no_check E
-- zh.neither: {started_on} 上岗 {employer}，此前本项目既无合格结业，{check_days} 天内也无体检
-- en.neither: started at {employer} on {started_on} with neither a passed training in the programme before it
--   nor a health check within {check_days} days
-- zh.no_training: {started_on} 上岗 {employer}，此前本项目无合格结业
-- en.no_training: started at {employer} on {started_on} with no passed training in the programme before it
-- zh.no_check: {started_on} 上岗 {employer}，此前 {check_days} 天内无体检
-- en.no_check: started at {employer} on {started_on} with no health check within {check_days} days before it
-- facts: started_on, employer
-- figures: employment_starts, persons_started, pre_job_training_rate, health_check_rate
-- rule_zh: 上岗（非实习）当日及以前，同一项目没有合格结业，或 {check_days} 天内没有体检。
-- rule_en: A start, no internship, on or before which the same programme has no passed training, or no health
--   check within check_days.

WITH trained AS (
    SELECT r.person, r.programme, MIN(r.ended_day) AS trained_day
    FROM live_results r
    WHERE r.result = 'passed'
    GROUP BY r.person, r.programme
),
checked AS (
    SELECT s.log, s.idx
    FROM live_starts s
    JOIN live_checks c ON c.person = s.person AND c.programme = s.programme
    WHERE c.checked_day BETWEEN s.started_day - :check_days AND s.started_day
    GROUP BY s.log, s.idx
),
gates AS (
    SELECT s.subject, s.person, s.programme, s.region, s.log, s.idx, s.started_on, s.employer,
           CASE WHEN t.trained_day <= s.started_day THEN 1 ELSE 0 END AS trained,
           CASE WHEN c.idx IS NULL THEN 0 ELSE 1 END AS checked
    FROM live_starts s
    LEFT JOIN trained t ON t.person = s.person AND t.programme = s.programme
    LEFT JOIN checked c ON c.idx = s.idx AND c.log = s.log
    WHERE COALESCE(s.kind, '') <> 'internship'
)
SELECT g.subject AS key, g.person, g.programme, g.region,
       CASE WHEN g.trained = 1 THEN 'no_check' WHEN g.checked = 1 THEN 'no_training' ELSE 'neither' END AS finding,
       g.log, g.idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, g.started_on, g.employer
FROM gates g
WHERE g.trained = 0 OR g.checked = 0
