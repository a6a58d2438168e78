-- id: issues_resolved
-- name_zh: 办结问题
-- name_en: Issues resolved
-- unit: 件
-- member: issue
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- splits: kind = wages, contract, rights, safety, skills, health, family, housing, other
-- details: days
-- rule_zh: 期内办结的问题，不论何时受理；办结晚的仍算办结，另列天数。
-- rule_en: Issues resolved in the window, whenever they were opened; resolved late is still
--   resolved, and the days are shown.

SELECT r.subject AS key, r.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN r.voided = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN r.voided = 1 THEN 'voided' END AS reason, r.log, r.idx,
       r.kind, r.days
FROM resolved_issues r
