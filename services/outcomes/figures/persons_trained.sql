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
-- rule_zh: 期内至少一次结业合格的人，按人去重。未计入者列其现存结业记录中的首个原因；全部作废者为 voided。
-- rule_en: Persons with at least one counted completion in the window. Who has none is listed once,
--   with the first reason of their standing completions; voided only where none stands.
WITH judged AS (
    SELECT c.log, c.idx, c.recorded, c.person, c.reason,
           CASE c.reason WHEN 'failed' THEN 2 WHEN 'withdrawn' THEN 3 WHEN 'duplicate_class' THEN 4
                         WHEN 'voided' THEN 5 ELSE 1 END AS rank
    FROM completions c
),
ranked AS (
    SELECT j.log, j.idx, j.person, j.reason,
           ROW_NUMBER() OVER (PARTITION BY j.person ORDER BY j.rank, j.recorded, j.log, j.idx) AS place,
           SUM(CASE WHEN j.rank = 1 THEN 1 ELSE 0 END) OVER (PARTITION BY j.person) AS completions
    FROM judged j
)
SELECT r.person AS key, r.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN r.reason IS NULL THEN 1 ELSE 0 END AS counted, r.reason, r.log, r.idx,
       r.completions
FROM ranked r
WHERE r.place = 1
