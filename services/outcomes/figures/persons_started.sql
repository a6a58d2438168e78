-- id: persons_started
-- name_zh: 上岗人数
-- name_en: Persons started
-- unit: 人
-- member: person
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 2
-- parameters: programme, region, from, to
-- exclusions: all_excluded
-- base_reasons:
-- beside: starts 人次, periods 参与期
-- rule_zh: 期内至少有一次计入的上岗的人，按人去重。参与期另列：同一人同一项目相邻两次计入的上岗
--   相隔超过 90 天的，另起一期。
-- rule_en: Persons with at least one counted start in the window; the rule of employment_starts
--   decides which count. Periods of participation beside: a counted start more than 90 days after
--   the one before it, of one person and programme, begins another.

-- of each person the first place of those with the first rank, both in one number (rank * 2^52 + place)
WITH facts AS (
    SELECT s.log, s.idx, s.person, s.reason,
           CASE WHEN s.reason IS NOT NULL THEN 0
                WHEN s.started_day - LAG(s.started_day) OVER (
                    PARTITION BY s.person, s.programme, CASE WHEN s.reason IS NULL THEN 1 ELSE 0 END
                    ORDER BY s.started_day) <= 90 THEN 0
                ELSE 1 END AS opens
    FROM starts s
),
best AS (
    SELECT f.person, SUM(CASE WHEN f.reason IS NULL THEN 1 ELSE 0 END) AS starts, SUM(f.opens) AS periods,
           MIN(CASE WHEN f.reason IS NULL THEN 1 ELSE 2 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = f.log) * 1099511627776 + f.idx) AS best
    FROM facts f
    GROUP BY f.person
)
SELECT b.person AS key, b.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.starts > 0 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'all_excluded' END AS reason,
       l.log, b.best % 1099511627776 AS idx,
       b.starts, b.periods
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
