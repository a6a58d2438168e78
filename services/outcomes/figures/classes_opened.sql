-- id: classes_opened
-- name_zh: 开班期数
-- name_en: Classes opened
-- unit: 期
-- member: class
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- rule_zh: 开班日期在期内的班次。
-- rule_en: Classes that opened in the window.
SELECT x.subject AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN g.entry IS NULL THEN 1 ELSE 0 END AS counted,
       CASE WHEN g.entry IS NOT NULL THEN 'voided' END AS reason, x.log, x.idx
FROM class_opened x
LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
  AND x.opened_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.opened_day) AND :to_day
  AND (g.entry IS NULL
       OR (g.superseded = 0
           AND NOT EXISTS (
               SELECT 1 FROM class_opened later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log))))
