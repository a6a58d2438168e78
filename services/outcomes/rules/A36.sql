-- id: A36
-- name_zh: 问题逾期未办结或先办结后受理
-- name_en: Issues open too long, or resolved before they were opened
-- version: 1
-- source: service standards for rights issues
-- thresholds: sla_days = 30 办结时限（天） | days within which an issue is to be settled
-- cases: unresolved W, late W, before_opened E
-- zh.unresolved: {opened_on} 受理的问题，{sla_days} 天内未办结，至今已 {days} 天
-- en.unresolved: the issue opened on {opened_on} was not settled within {sla_days} days, and is open for {days}
-- zh.late: {opened_on} 受理的问题，{resolved_on} 才办结，用了 {days} 天
-- en.late: the issue opened on {opened_on} was settled on {resolved_on}, after {days} days
-- zh.before_opened: 问题办结 {resolved_on} 早于受理 {opened_on}
-- en.before_opened: the issue was settled on {resolved_on}, before it was opened on {opened_on}
-- facts: opened_on, resolved_on, days
-- figures: issues_opened, issues_resolved, issue_days_median
-- rule_zh: 受理后 sla_days 天未办结，或办结超期，或办结早于受理。
-- rule_en: An issue not settled within sla_days, settled later than that, or settled before it was opened.

SELECT i.subject AS key, i.person, i.programme, i.region,
       CASE WHEN i.resolved_day < i.opened_day THEN 'before_opened'
            WHEN i.resolved_day <= :to_day THEN 'late' ELSE 'unresolved' END AS finding,
       i.log, i.idx, i.resolution_log AS log2, i.resolution_idx AS idx2, i.opened_on, i.resolved_on,
       CASE WHEN i.resolved_day <= :to_day THEN i.resolved_day ELSE :to_day END - i.opened_day AS days
FROM live_issues i
WHERE i.resolved_day < i.opened_day
   OR CASE WHEN i.resolved_day <= :to_day THEN i.resolved_day ELSE :to_day END > i.opened_day + :sla_days
