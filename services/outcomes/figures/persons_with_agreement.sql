-- id: persons_with_agreement
-- name_zh: 签订就业意向协议人数
-- name_en: Persons with an intent agreement
-- unit: 人
-- member: person
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: all_excluded
-- base_reasons:
-- beside: agreements 份
-- rule_zh: 至少有一份计入的就业意向协议的人，按人去重。
-- rule_en: Persons with at least one counted intent agreement; the rule of agreements_signed
--   decides which count.

-- of each person the first place of those with the first rank, both in one number (rank * 2^52 + place)
WITH best AS (
    SELECT f.person, SUM(CASE WHEN f.reason IS NULL THEN 1 ELSE 0 END) AS agreements,
           MIN(CASE WHEN f.reason IS NULL THEN 1 ELSE 2 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = f.log) * 1099511627776 + f.idx) AS best
    FROM intents f
    GROUP BY f.person
)
SELECT b.person AS key, b.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.agreements > 0 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'all_excluded' END AS reason,
       l.log, b.best % 1099511627776 AS idx,
       b.agreements
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
