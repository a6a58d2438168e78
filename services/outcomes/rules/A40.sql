-- id: A40
-- name_zh: 未就业而发就业类补贴
-- name_en: An employment subsidy without employment
-- version: 1
-- source: 交口 (Jiaokou): the 100 % tier
-- thresholds: within_days = 183 就业期限（天） | days before the payment within which work must have begun
-- cases: no_employment E
-- zh.no_employment: {paid_on} 发放“{kind}”{amount_fen} 元，此前 {within_days} 天内无上岗，也无在岗
-- en.no_employment: “{kind}” of {amount_fen} yuan was paid on {paid_on}; no work began within {within_days} days
--   before it, and none went on
-- facts: kind, amount_fen, paid_on
-- figures: subsidies_paid
-- rule_zh: 以就业、上岗为条件（含 100% 档）的补贴，发放前 within_days 天内没有上岗，发放时也不在岗。
-- rule_en: A subsidy that employment is a condition of (就业, 上岗, 100 % tier), paid where no work, internships apart,
--   began within within_days before it or went on then.

WITH employed AS (
    SELECT s.log, s.idx
    FROM live_subsidies s
    JOIN live_spells w ON w.person = s.person
    WHERE COALESCE(w.kind, '') <> 'internship' AND w.started_day <= s.paid_day
      AND (w.started_day >= s.paid_day - :within_days OR COALESCE(w.ended_day, s.paid_day) >= s.paid_day)
    GROUP BY s.log, s.idx
)
SELECT s.subject AS key, s.person, s.programme, s.region, 'no_employment' AS finding, s.log, s.idx,
       CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, s.kind, s.amount_fen, s.paid_on
FROM live_subsidies s
LEFT JOIN employed e ON e.idx = s.idx AND e.log = s.log
WHERE e.idx IS NULL AND (s.kind LIKE '%就业%' OR s.kind LIKE '%上岗%' OR s.kind LIKE '%100%')
