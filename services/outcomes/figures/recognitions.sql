-- id: recognitions
-- name_zh: 获得称号
-- name_en: Recognitions
-- unit: 个
-- member: site with a title
-- kind: stock
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, to, title, level
-- title: any text
-- level: any text
-- exclusions: voided, closed
-- base_reasons:
-- details: title, level
-- rule_zh: 截止日或之前获得称号、未关闭的机构场所；可用 title 指定称号、level 指定认定级别。称号与级别随明细列出。
-- rule_en: Sites that bear a title on `to`, recognised by then and not closed; `title` and `level` name one.

SELECT f.subject AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN f.reason IS NULL THEN 1 ELSE 0 END AS counted, f.reason, f.log, f.idx,
       f.title, f.level
FROM sites f
WHERE f.title = COALESCE(CAST(:title AS TEXT), f.title)
  AND COALESCE(f.level, '') = COALESCE(CAST(:level AS TEXT), f.level, '')
