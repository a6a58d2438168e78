-- id: A38
-- name_zh: 同年重复领补贴
-- name_en: One kind of subsidy twice in a year
-- version: 1
-- source: C14: once per person, kind and year
-- cases: twice E
-- zh.twice: {paid_on} 发放的“{kind}”{amount_fen} 元，此人同年已于 {other_on} 领过同类补贴
-- en.twice: “{kind}” of {amount_fen} yuan paid on {paid_on}; the same kind was paid to this person in that year
--   already, on {other_on}
-- facts: kind, amount_fen, paid_on, other_on
-- figures: subsidies_paid
-- rule_zh: 同一人同一年同类补贴（未追回的）发放两次以上，不论项目和地区。
-- rule_en: A subsidy of a kind that the person was paid before in the same year, in whatever programme or county,
--   and that was not clawed back.

WITH stands AS (
    SELECT s.log, s.idx, s.subject, s.programme, s.region, s.person, s.kind, s.amount_fen, s.paid_on,
           LAG(s.log) OVER year AS log2, LAG(s.idx) OVER year AS idx2, LAG(s.paid_on) OVER year AS other_on
    FROM live_subsidies s
    LEFT JOIN live_clawbacks c ON c.subject = s.subject AND c.log = s.log
    WHERE c.idx IS NULL
    WINDOW year AS (PARTITION BY s.person, s.kind, substr(s.paid_on, 1, 4) ORDER BY s.paid_day, s.recorded, s.log, s.idx)
)
SELECT s.subject AS key, s.person, s.programme, s.region, 'twice' AS finding, s.log, s.idx, s.log2, s.idx2,
       s.kind, s.amount_fen, s.paid_on, s.other_on
FROM stands s
WHERE s.idx2 IS NOT NULL
