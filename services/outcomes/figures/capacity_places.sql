-- id: capacity_places
-- name_zh: 培训工位
-- name_en: Training places
-- unit: 工位
-- member: site
-- kind: capacity
-- measure: sum
-- grade: evidenced
-- version: 1
-- parameters: programme, region, to
-- exclusions: voided, closed, not_stated
-- base_reasons:
-- details: kind
-- rule_zh: 截止日或之前认定、未关闭的机构场所的工位数合计；未报的单列。工位是能力，不与成果相加。
-- rule_en: Places at sites recognised on or before `to` and not closed by then; sites that state none are left
--   aside. A capacity: never added to results.

WITH judged AS (
    SELECT f.log, f.idx, f.subject, f.kind, f.capacity_places,
           CASE WHEN f.reason IS NOT NULL THEN f.reason
                WHEN f.capacity_places IS NULL THEN 'not_stated' END AS reason
    FROM sites f
)
SELECT j.subject AS key, CAST(NULL AS TEXT) AS person, j.capacity_places AS value,
       CASE WHEN j.reason IS NULL THEN 1 ELSE 0 END AS counted, j.reason, j.log, j.idx,
       j.kind
FROM judged j
