-- id: persons_by_category
-- name_zh: 按人员类别分的参训人数
-- name_en: Trainees by category
-- unit: 人
-- member: person and category
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to, category
-- category: any text
-- exclusions: voided
-- base_reasons:
-- beside: enrolments 人次
-- details: category
-- rule_zh: 期内入班时登记了人员类别的人，每人每类一条；人数（去重）见 persons。未登记类别的不在内。
-- rule_en: Persons enrolled in the window, once for each category they held at enrolment; `persons` counts each
--   once. Enrolments without a category are not among them.

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM enrolled later
               WHERE later.person = x.person AND later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN enrolled x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
),
-- of each person and category the first place of those with the first rank (rank * 2^52 + place)
best AS (
    SELECT COALESCE(m.root, x.person) AS person, x.category,
           SUM(CASE WHEN u.rank IS NULL THEN 1 ELSE 0 END) AS enrolments,
           MIN(CASE WHEN u.rank = 1 THEN 2 ELSE 1 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = x.log) * 1099511627776 + x.idx) AS best
    FROM enrolled x
    LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
    LEFT JOIN merged m ON m.person = x.person
    WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
      AND COALESCE(u.rank, 9) > 0
      AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
      AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
      AND x.enrolled_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.enrolled_day) AND :to_day
      AND x.category = COALESCE(CAST(:category AS TEXT), x.category)
    GROUP BY COALESCE(m.root, x.person), x.category
)
SELECT b.person || '/' || b.category AS key, b.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.best / 4503599627370496 = 1 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx,
       b.enrolments, b.category
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
