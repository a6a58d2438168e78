-- id: facilities
-- name_zh: 机构场所
-- name_en: Sites
-- unit: 个
-- member: site
-- kind: stock
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, to, site_kind
-- site_kind: any 不限 (default) | training_base 培训基地 | service_station 驿站 | childcare 托育单位
--   | nursing_room 哺乳室 | employer 用人单位 | classroom 教室 | school 学校 | other 其他
-- exclusions: voided, closed
-- base_reasons:
-- splits: kind = training_base, service_station, childcare, nursing_room, employer, classroom, school, other
-- rule_zh: 截止日或之前认定、未关闭的机构场所，按类型分列；可用 site_kind 指定类型。
-- rule_en: Sites recognised on or before `to` and not closed by then, by kind; `site_kind` names one.

SELECT f.subject AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN f.reason IS NULL THEN 1 ELSE 0 END AS counted, f.reason, f.log, f.idx,
       f.kind
FROM sites f
WHERE f.kind = CASE CAST(:site_kind AS TEXT) WHEN 'any' THEN f.kind ELSE CAST(:site_kind AS TEXT) END
