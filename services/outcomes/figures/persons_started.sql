-- id: persons_started
-- name_zh: 上岗人数
-- name_en: Persons started
-- unit: 人
-- member: person
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: all_excluded
-- base_reasons:
-- beside: starts 人次
-- rule_zh: 期内至少有一次计入的上岗的人，按人去重。
-- rule_en: Persons with at least one counted start in the window; the rule of employment_starts
--   decides which count.

-- of each person the first place of those with the first rank, both in one number (rank * 2^52 + place)
WITH best AS (
    SELECT f.person, SUM(CASE WHEN f.reason IS NULL THEN 1 ELSE 0 END) AS starts,
           MIN(CASE WHEN f.reason IS NULL THEN 1 ELSE 2 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = f.log) * 1099511627776 + f.idx) AS best
    FROM starts f
    GROUP BY f.person
)
SELECT b.person AS key, b.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.starts > 0 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'all_excluded' END AS reason,
       l.log, b.best % 1099511627776 AS idx,
       b.starts
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
