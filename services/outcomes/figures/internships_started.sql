-- id: internships_started
-- name_zh: 实习人次
-- name_en: Internships started
-- unit: 人次
-- member: internship
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- rule_zh: 期内开始的实习。实习不是上岗。
-- rule_en: Internships begun in the window. An internship is not a start of work.

SELECT s.subject AS key, s.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN s.voided = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN s.voided = 1 THEN 'voided' END AS reason, s.log, s.idx
FROM spells s
WHERE s.kind = 'internship'
  AND s.started_day >= COALESCE(CAST(:from_day AS INTEGER), s.started_day)
  AND substr(s.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
