-- id: A33
-- name_zh: 到期未回访
-- name_en: Visit missing when it was due
-- version: 1
-- source: WIOA and DDU-GKY follow-up schedules
-- thresholds: tolerance_days = 10 容差（天） | days before and after the day that count
-- cases: not_visited W, not_reached W
-- zh.not_visited: 上岗 {employer}（{started_on}）满 {days} 天应于 {due_on} 回访，前后 {tolerance_days} 天内没有回访
-- en.not_visited: the visit {days} days after the start at {employer} on {started_on} was due on {due_on}; nobody
--   tried within {tolerance_days} days of it
-- zh.not_reached: 上岗 {employer}（{started_on}）满 {days} 天应于 {due_on} 回访，前后 {tolerance_days} 天内只有失联
-- en.not_reached: the visit {days} days after the start at {employer} on {started_on} was due on {due_on}; within
--   {tolerance_days} days of it nobody was reached
-- facts: employer, started_on, due_on, days
-- figures: visits_completed, visit_coverage_d30, visit_coverage_d90, visit_coverage_d180
-- rule_zh: 上岗后第 30、90、180 天应回访，前后 tolerance_days 天内没有有应答的回访；此前已离岗的不算。
-- rule_en: A visit due 30, 90 or 180 days after a start that nobody completed within tolerance_days of it, the work
--   not having ended before.

WITH due AS (
    SELECT p.log, p.idx, p.subject, p.programme, p.region, p.person, p.employer, p.started_on, p.started_day,
           30 AS days, p.d30_on AS due_on, p.d30_day AS due_day
    FROM live_plans p
    UNION ALL
    SELECT p.log, p.idx, p.subject, p.programme, p.region, p.person, p.employer, p.started_on, p.started_day,
           90, p.d90_on, p.d90_day
    FROM live_plans p
    UNION ALL
    SELECT p.log, p.idx, p.subject, p.programme, p.region, p.person, p.employer, p.started_on, p.started_day,
           180, p.d180_on, p.d180_day
    FROM live_plans p
),
expected AS (
    SELECT d.log, d.idx, d.subject, d.programme, d.region, d.person, d.employer, d.started_on, d.days, d.due_on, d.due_day
    FROM due d
    JOIN live_spells s
      ON s.person = d.person AND s.employer = d.employer AND s.started_day = d.started_day AND s.copy = 1
    WHERE d.due_day + :tolerance_days < :to_day AND COALESCE(s.ended_day, d.due_day) >= d.due_day
      AND COALESCE(s.kind, '') <> 'internship'
),
calls AS (
    SELECT v.person, v.programme, v.visited_day, 1 AS reached FROM live_visits v
    UNION ALL
    SELECT a.person, a.programme, a.visited_day, 0 FROM live_attempts a
),
answered AS (
    SELECT e.log, e.idx, e.days, MAX(c.reached) AS reached
    FROM expected e
    JOIN calls c ON c.person = e.person AND c.programme = e.programme
    WHERE c.visited_day BETWEEN e.due_day - :tolerance_days AND e.due_day + :tolerance_days
    GROUP BY e.log, e.idx, e.days
)
SELECT e.subject || '/' || e.days AS key, e.person, e.programme, e.region,
       CASE WHEN a.reached = 0 THEN 'not_reached' ELSE 'not_visited' END AS finding, e.log, e.idx,
       CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, e.employer, e.started_on, e.due_on, e.days
FROM expected e
LEFT JOIN answered a ON a.idx = e.idx AND a.log = e.log AND a.days = e.days
WHERE COALESCE(a.reached, 0) = 0
