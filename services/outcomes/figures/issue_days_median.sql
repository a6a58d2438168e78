-- id: issue_days_median
-- name_zh: 问题办结天数（中位数）
-- name_en: Days to resolve an issue, median
-- unit: 天
-- member: issue
-- kind: flow
-- measure: median
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- rule_zh: 期内办结的问题从受理到办结的天数，取中位数（四舍五入到天），不论何时受理。
-- rule_en: Median of the days from opening to resolution of issues resolved in the window, half up, whenever they were opened.

SELECT r.subject AS key, r.person, r.days AS value,
       CASE WHEN r.voided = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN r.voided = 1 THEN 'voided' END AS reason, r.log, r.idx
FROM resolved_issues r
