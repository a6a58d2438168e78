-- id: visit_coverage_d90
-- name_zh: 上岗90天回访率
-- name_en: Visited 90 days after the start
-- unit: %
-- member: spell of work
-- kind: flow
-- measure: rate
-- grade: evidenced
-- version: 2
-- parameters: programme, region, from, to
-- exclusions: voided, not_visited
-- base_reasons: not_visited
-- rule_zh: 期内开始、到截止日已满 90+10 天的工作（非实习，不论是否已离岗）中，在上岗后 80 至 100 天之间
--   完成过回访（答复在岗或离岗）的比例。失联不算完成。
-- rule_en: Spells of work begun in the window, internships apart, whose day 90 + 10 is not after `to`, ended or
--   not: those with a visit completed from day 80 to day 100. An attempt that reached nobody is none.

WITH due AS (
    SELECT s.log, s.idx, s.subject, s.programme, s.person, s.started_day, s.voided
    FROM spells s
    WHERE s.kind <> 'internship'
      AND s.started_day + 90 + 10 <= :to_day
      AND s.started_day >= COALESCE(CAST(:from_day AS INTEGER), s.started_day)
      AND substr(s.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
),
completed AS MATERIALIZED (
    SELECT v.programme, v.person, v.visited_day
    FROM visits v
    WHERE v.voided = 0 AND v.state <> 'no_contact'
),
reached AS (
    SELECT DISTINCT d.log, d.idx
    FROM due d
    CROSS JOIN completed v
    WHERE v.person = d.person AND v.programme = d.programme
      AND v.visited_day BETWEEN d.started_day + 90 - 10 AND d.started_day + 90 + 10
)
SELECT d.subject AS key, d.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN d.voided = 0 AND r.idx IS NOT NULL THEN 1 ELSE 0 END AS counted,
       CASE WHEN d.voided = 1 THEN 'voided' WHEN r.idx IS NULL THEN 'not_visited' END AS reason, d.log, d.idx
FROM due d
LEFT JOIN reached r ON r.idx = d.idx AND r.log = d.log
