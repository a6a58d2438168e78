-- id: occupations
-- name_zh: 培训工种数
-- name_en: Occupations trained for
-- unit: 种
-- member: occupation
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- beside: classes 期
-- rule_zh: 期内开班的不同培训工种；班次全部作废的工种单列。
-- rule_en: Different occupations of classes that opened in the window; voided where all their classes are.

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM class_opened later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN class_opened x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
-- of each occupation the first place of those with the first rank (rank * 2^52 + place)
best AS (
    SELECT x.occupation,
           SUM(CASE WHEN u.rank IS NULL THEN 1 ELSE 0 END) AS classes,
           MIN(CASE WHEN u.rank = 1 THEN 2 ELSE 1 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = x.log) * 1099511627776 + x.idx) AS best
    FROM class_opened x
    LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.opened_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.opened_day) AND :to_day
    GROUP BY x.occupation
)
SELECT b.occupation AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.best / 4503599627370496 = 1 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx,
       b.classes
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
