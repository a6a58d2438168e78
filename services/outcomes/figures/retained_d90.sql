-- id: retained_d90
-- name_zh: 稳岗90天比例
-- name_en: Kept for 90 days
-- unit: %
-- member: spell of work
-- kind: flow
-- measure: rate
-- grade: evidenced
-- version: 2
-- parameters: programme, region, from, to
-- exclusions: voided, no, not_yet_known, unknown
-- base_reasons: no, unknown
-- rule_zh: 期内开始、到截止日已满 90 天的工作（非实习）中，留岗满 90 天的比例。是：离岗晚于第 90 天，或第 90 天起、
--   再次上岗之前有回访答复在岗。否：第 90 天或之前离岗。否则 60 天内尚不知道，不进分母；之后为不详，进分母。
--   不详不等于离岗。
-- rule_en: Spells of work begun in the window, internships apart, whose day 90 is not after `to`: those that
--   lasted. Yes: they ended after day 90, or a visit on or after it, before any later spell, found the person at
--   work. No: they ended by day 90. Else not yet known for 60 days, outside the denominator; then unknown, in it.
--   Unknown is not "left".

-- every spell with the day on which the person's next live one began
WITH followed AS (
    SELECT s.log, s.idx, s.subject, s.programme, s.region, s.person, s.kind, s.started_day, s.voided,
           MIN(CASE WHEN s.voided = 0 THEN s.started_day END) OVER (
               PARTITION BY s.person, s.programme ORDER BY s.started_day
               RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS next_day
    FROM spells s
),
due AS (
    SELECT s.log, s.idx, s.subject, s.programme, s.person, s.started_day, s.voided, e.ended_day, s.next_day
    FROM followed s
    LEFT JOIN ended e ON e.idx = s.idx AND e.log = s.log
    WHERE s.kind <> 'internship'
      AND s.started_day + 90 <= :to_day
      AND s.started_day >= COALESCE(CAST(:from_day AS INTEGER), s.started_day)
      AND substr(s.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
),
at_work_then AS MATERIALIZED (
    SELECT v.programme, v.person, v.visited_day
    FROM visits v
    WHERE v.voided = 0 AND v.state = 'working'
),
seen AS (
    SELECT DISTINCT d.log, d.idx
    FROM due d
    CROSS JOIN at_work_then v
    WHERE v.person = d.person AND v.programme = d.programme
      AND v.visited_day >= d.started_day + 90 AND v.visited_day < COALESCE(d.next_day, v.visited_day + 1)
),
judged AS (
    SELECT d.log, d.idx, d.subject, d.person,
           CASE WHEN d.voided = 1 THEN 'voided'
                WHEN d.ended_day > d.started_day + 90 OR s.idx IS NOT NULL THEN NULL
                WHEN d.ended_day <= d.started_day + 90 THEN 'no'
                WHEN :to_day <= d.started_day + 90 + 60 THEN 'not_yet_known'
                ELSE 'unknown' END AS reason
    FROM due d
    LEFT JOIN seen s ON s.idx = d.idx AND s.log = d.log
)
SELECT j.subject AS key, j.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN j.reason IS NULL THEN 1 ELSE 0 END AS counted, j.reason, j.log, j.idx
FROM judged j
