-- id: persons_trained
-- name_zh: 完成培训人数
-- name_en: Persons trained
-- unit: 人
-- member: person
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: failed, withdrawn, duplicate_class, voided
-- base_reasons:
-- beside: completions 人次
-- rule_zh: 期内至少一次结业合格的人，按人去重。未计入者列其现存结业记录中的首个原因；
--   全部作废者为 voided。
-- rule_en: Persons with at least one counted completion in the window. Who has none is listed once,
--   with the first reason of their standing completions; voided only where none stands.

-- of each person the first place of those with the first rank, both in one number (rank * 2^52 + place)
WITH best AS (
    SELECT f.person, SUM(CASE WHEN f.reason IS NULL THEN 1 ELSE 0 END) AS completions,
           MIN(CASE f.reason WHEN 'failed' THEN 2 WHEN 'withdrawn' THEN 3 WHEN 'duplicate_class' THEN 4
                             WHEN 'voided' THEN 5 ELSE 1 END * 4503599627370496
               + (SELECT l.n FROM numbered l WHERE l.log = f.log) * 1099511627776 + f.idx) AS best
    FROM completions f
    GROUP BY f.person
)
SELECT b.person AS key, b.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN b.completions > 0 THEN 1 ELSE 0 END AS counted,
       CASE b.best / 4503599627370496 WHEN 2 THEN 'failed' WHEN 3 THEN 'withdrawn' WHEN 4 THEN 'duplicate_class'
                                      WHEN 5 THEN 'voided' END AS reason,
       l.log, b.best % 1099511627776 AS idx,
       b.completions
FROM best b
LEFT JOIN numbered l ON l.n = b.best / 1099511627776 % 4096
