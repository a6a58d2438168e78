-- id: A39
-- name_zh: 追回后又发或无结业发培训补贴
-- name_en: Paid after a clawback, or for training nobody passed
-- version: 1
-- source: audits of subsidies
-- cases: before_paid E, after_clawback W, no_basis E
-- zh.before_paid: 补贴 {subsidy} 的追回 {other_on} 早于发放 {paid_on}
-- en.before_paid: subsidy {subsidy} was clawed back on {other_on}, before it was paid on {paid_on}
-- zh.after_clawback: {other_on} 追回“{kind}”后，{paid_on} 又发放同类补贴
-- en.after_clawback: “{kind}” was paid on {paid_on}, after one of that kind was clawed back on {other_on}
-- zh.no_basis: {paid_on} 发放“{kind}”，而此人在本项目没有有效的合格结业
-- en.no_basis: “{kind}” was paid on {paid_on}, but no passed training of the person stands in the programme
-- facts: subsidy, kind, paid_on, other_on
-- figures: subsidies_paid
-- rule_zh: 追回早于发放；同类补贴追回后再发；培训补贴发放时没有有效的合格结业。
-- rule_en: A clawback before its payment; a payment after one of its kind was clawed back; a training subsidy paid
--   without a passed training that stands.

WITH taken_back AS (
    SELECT s.person, s.kind, c.log, c.idx, c.clawed_back_on, c.clawed_back_day,
           ROW_NUMBER() OVER (PARTITION BY s.person, s.kind ORDER BY c.clawed_back_day, c.log, c.idx) AS nth
    FROM live_clawbacks c
    JOIN live_subsidies s ON s.subject = c.subject AND s.log = c.log
),
trained AS (
    SELECT r.person, r.programme, MIN(r.ended_day) AS trained_day
    FROM live_results r
    WHERE r.result = 'passed'
    GROUP BY r.person, r.programme
)
SELECT s.subject AS key, s.person, s.programme, s.region, 'before_paid' AS finding, c.log, c.idx,
       s.log AS log2, s.idx AS idx2, s.subsidy, s.kind, s.paid_on, c.clawed_back_on AS other_on
FROM live_clawbacks c
JOIN live_subsidies s ON s.subject = c.subject AND s.log = c.log
WHERE c.clawed_back_day < s.paid_day
UNION ALL
SELECT s.subject, s.person, s.programme, s.region, 'after_clawback', s.log, s.idx, b.log, b.idx,
       s.subsidy, s.kind, s.paid_on, b.clawed_back_on
FROM live_subsidies s
JOIN taken_back b ON b.person = s.person AND b.kind = s.kind AND b.nth = 1
WHERE s.paid_day > b.clawed_back_day
UNION ALL
SELECT s.subject, s.person, s.programme, s.region, 'no_basis', s.log, s.idx, CAST(NULL AS TEXT), CAST(NULL AS BIGINT),
       s.subsidy, s.kind, s.paid_on, CAST(NULL AS TEXT)
FROM live_subsidies s
LEFT JOIN trained t ON t.person = s.person AND t.programme = s.programme
WHERE s.kind LIKE '%培训%' AND COALESCE(t.trained_day, s.paid_day + 1) > s.paid_day
