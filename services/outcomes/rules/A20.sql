-- id: A20
-- name_zh: 一日签约过多
-- name_en: Too many agreements on one day
-- version: 1
-- source: OIG: forged signatures
-- thresholds: daily_agreements = 50 一日签约上限（份） | agreements with one employer on one day
-- cases: too_many W
-- zh.too_many: {employer} 在 {signed_on} 一日签 {agreements} 份就业意向协议，当日本项目无招聘或签约活动
-- en.too_many: {employer} signed {agreements} agreements on {signed_on}, a day on which the programme held no fair
--   or ceremony
-- facts: employer, signed_on, agreements
-- figures: agreements_signed, persons_with_agreement
-- rule_zh: 同一单位一日签订的就业意向协议多于 daily_agreements 份，而当日没有招聘会、签约仪式或网络招聘。
-- rule_en: More than daily_agreements agreements of intent with one employer on one day, without a job fair,
--   signing ceremony or online fair on it.

WITH signed AS (
    SELECT i.programme, i.employer, i.signed_on, i.signed_day, COUNT(*) AS agreements, MIN(i.region) AS region,
           MIN((SELECT l.n FROM numbered l WHERE l.log = i.log) * 1099511627776 + i.idx) AS place
    FROM live_intents i
    GROUP BY i.programme, i.employer, i.signed_on, i.signed_day
),
fairs AS (
    SELECT DISTINCT m.programme, m.held_day FROM live_matchings m
)
SELECT 'agreements/' || s.programme || '/' || s.employer || '/' || s.signed_on AS key, CAST(NULL AS TEXT) AS person, s.programme,
       s.region, 'too_many' AS finding, l.log, s.place % 1099511627776 AS idx, CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2,
       s.employer, s.signed_on, s.agreements
FROM signed s
JOIN numbered l ON l.n = s.place / 1099511627776
LEFT JOIN fairs f ON f.programme = s.programme AND f.held_day = s.signed_day
WHERE s.agreements > :daily_agreements AND f.held_day IS NULL
