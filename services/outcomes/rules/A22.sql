-- id: A22
-- name_zh: 离岗后仍有工资或合同已撤仍在岗
-- name_en: Pay after the end of the work, or work on without a contract
-- version: 1
-- source: retention audits (PIRL)
-- thresholds: grace_days = 30 宽限（天） | days that work may go on after its contract was withdrawn
-- cases: paid_after E, contract_gone W
-- zh.paid_after: {employer} 有 {month} 的工资，而此人已于 {ended_on} 离岗，此后未再上岗
-- en.paid_after: {employer} is stated to have paid {month}, but the person had left on {ended_on} and did not start
--   there again
-- zh.contract_gone: 与 {employer} 的合同 {ended_on} 撤回，无其他合同，至今仍记在岗
-- en.contract_gone: the contract with {employer} was withdrawn on {ended_on}; there is no other, and the work is
--   said to go on
-- facts: employer, month, ended_on
-- figures: persons_employed, mean_monthly_wage, retained_d30, retained_d90, retained_d180
-- rule_zh: 工资月份晚于在该单位的最后离岗月份；或合同撤回超过 grace_days 天、没有别的合同而仍未离岗。
-- rule_en: A wage for a month after that in which the person last left the employer; or a contract withdrawn more
--   than grace_days ago, none other with that employer, and the work not ended.

WITH met AS (
    SELECT w.subject, w.person, w.programme, w.region, w.log, w.idx, w.employer, w.month, s.ended_on,
           s.end_log AS log2, s.end_idx AS idx2,
           MAX(CASE WHEN COALESCE(s.ended_month, w.month_no) >= w.month_no THEN 1 ELSE 0 END)
               OVER (PARTITION BY w.log, w.idx) AS at_work,
           ROW_NUMBER() OVER (PARTITION BY w.log, w.idx ORDER BY s.ended_day DESC, s.end_log, s.end_idx) AS nth
    FROM live_wages w
    JOIN live_spells s ON s.person = w.person AND s.employer = w.employer
    WHERE s.started_month <= w.month_no
),
contracts_of AS (
    SELECT c.person, c.employer, MAX(CASE WHEN c.withdrawn_day IS NULL THEN 1 ELSE 0 END) AS one_stands,
           MAX(c.withdrawn_day) AS withdrawn_day
    FROM live_contracts c
    GROUP BY c.person, c.employer
),
gone_on AS (
    SELECT s.subject, s.person, s.programme, s.region, s.log, s.idx, s.employer, c.withdrawn_on, c.log AS log2,
           c.idx AS idx2, ROW_NUMBER() OVER (PARTITION BY s.log, s.idx ORDER BY c.log, c.idx) AS nth
    FROM live_spells s
    JOIN contracts_of o ON o.person = s.person AND o.employer = s.employer
    JOIN live_contracts c ON c.person = s.person AND c.employer = s.employer AND c.withdrawn_day = o.withdrawn_day
    WHERE s.ended_day IS NULL AND s.copy = 1 AND COALESCE(s.kind, '') <> 'internship' AND o.one_stands = 0
      AND o.withdrawn_day >= s.started_day AND o.withdrawn_day + :grace_days < :to_day
)
SELECT m.subject AS key, m.person, m.programme, m.region, 'paid_after' AS finding, m.log, m.idx, m.log2, m.idx2,
       m.employer, m.month, m.ended_on
FROM met m
WHERE m.at_work = 0 AND m.nth = 1
UNION ALL
SELECT g.subject, g.person, g.programme, g.region, 'contract_gone', g.log, g.idx, g.log2, g.idx2,
       g.employer, CAST(NULL AS TEXT), g.withdrawn_on
FROM gone_on g
WHERE g.nth = 1
