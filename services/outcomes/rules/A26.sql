-- id: A26
-- name_zh: 短期离岗又回原单位
-- name_en: Left and back at the same employer
-- version: 1
-- source: churn for a subsidy
-- thresholds: rejoin_days = 30 间隔（天） | days between the end and the new start
-- cases: rejoined W
-- zh.rejoined: {ended_on} 从 {employer} 离岗，{started_on} 又上岗，相隔不足 {rejoin_days} 天
-- en.rejoined: left {employer} on {ended_on} and started there again on {started_on}, within {rejoin_days} days
-- facts: employer, ended_on, started_on
-- figures: employment_starts
-- rule_zh: 离岗后 rejoin_days 天内又在同一单位上岗（前一段为实习的除外）。
-- rule_en: A start at most rejoin_days after an end at the same employer, unless what ended was an internship.

WITH followed AS (
    SELECT s.subject, s.person, s.programme, s.region, s.log, s.idx, s.employer, s.started_on, s.started_day,
           LAG(s.ended_on) OVER work AS ended_on, LAG(s.ended_day) OVER work AS ended_day,
           LAG(s.end_log) OVER work AS log2, LAG(s.end_idx) OVER work AS idx2, LAG(s.kind) OVER work AS kind_before
    FROM live_spells s
    WHERE s.copy = 1
    WINDOW work AS (PARTITION BY s.person, s.employer ORDER BY s.started_day, s.log, s.idx)
)
SELECT f.subject AS key, f.person, f.programme, f.region, 'rejoined' AS finding, f.log, f.idx, f.log2, f.idx2,
       f.employer, f.ended_on, f.started_on
FROM followed f
WHERE f.started_day BETWEEN f.ended_day AND f.ended_day + :rejoin_days AND COALESCE(f.kind_before, '') <> 'internship'
