-- id: persons_trained
-- name_zh: 完成培训人数
-- name_en: Persons trained
-- unit: 人
-- member: person
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 2
-- parameters: programme, region, from, to
-- exclusions: failed, withdrawn, duplicate_class, voided
-- base_reasons:
-- beside: completions 人次, periods 参与期
-- rule_zh: 期内至少一次结业合格的人，按人去重。未计入者列其现存结业记录中的首个原因；
--   全部作废者为 voided。参与期另列：同一人同一项目相邻两次计入的结业相隔超过 90 天的，另起一期。
-- rule_en: Persons with at least one counted completion in the window. Who has none is listed once,
--   with the first reason of their standing completions; voided only where none stands. Periods of
--   participation beside: a counted completion more than 90 days after the one before it, of one person
--   and programme, begins another.

-- of each person the first place of those with the first rank, both in one number (rank * 2^52 + place)
WITH facts AS (
    SELECT c.log, c.idx, c.person, c.reason,
           CASE WHEN c.reason IS NOT NULL THEN 0
                WHEN c.ended_day - LAG(c.ended_day) OVER (
                    PARTITION BY c.person, c.programme, CASE WHEN c.reason IS NULL THEN 1 ELSE 0 END
                    ORDER BY c.ended_day) <= 90 THEN 0
                ELSE 1 END AS opens
    FROM completions c
),
best AS (
    SELECT f.person, SUM(CASE WHEN f.reason IS NULL THEN 1 ELSE 0 END) AS completions, SUM(f.opens) AS periods,
           MIN(CASE f.reason WHEN 'failed' THEN 2 WHEN 'withdrawn' THEN 3 WHEN 'duplicate_class' THEN 4
                             WHEN 'voided' THEN 5 ELSE 1 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = f.log) * 1099511627776 + f.idx) AS best
    FROM facts f
    GROUP BY f.person
)
SELECT b.person AS key, b.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.completions > 0 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'failed' WHEN 3 THEN 'withdrawn' WHEN 4 THEN 'duplicate_class'
                                      WHEN 5 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx,
       b.completions, b.periods
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
