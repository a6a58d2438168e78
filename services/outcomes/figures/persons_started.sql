-- id: persons_started
-- name_zh: 上岗人数
-- name_en: Persons started
-- unit: 人
-- member: person
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: all_excluded
-- base_reasons:
-- beside: starts 人次
-- rule_zh: 期内至少有一次计入的上岗的人，按人去重。
-- rule_en: Persons with at least one counted start in the window; the rule of employment_starts
--   decides which count.
WITH ranked AS (
    SELECT s.log, s.idx, s.person, s.reason,
           ROW_NUMBER() OVER (PARTITION BY s.person
                              ORDER BY CASE WHEN s.reason IS NULL THEN 1 ELSE 2 END,
                                       s.recorded, s.log, s.idx) AS place,
           SUM(CASE WHEN s.reason IS NULL THEN 1 ELSE 0 END) OVER (PARTITION BY s.person) AS starts
    FROM starts s
)
SELECT r.person AS key, r.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN r.reason IS NULL THEN 1 ELSE 0 END AS counted,
       CASE WHEN r.reason IS NOT NULL THEN 'all_excluded' END AS reason, r.log, r.idx,
       r.starts
FROM ranked r
WHERE r.place = 1
