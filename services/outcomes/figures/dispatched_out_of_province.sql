-- id: dispatched_out_of_province
-- name_zh: 省外上岗人次
-- name_en: Starts outside the province
-- unit: 人次
-- member: counted start
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: local, unknown_place
-- base_reasons:
-- rule_zh: 计入的上岗中，工作地与登记地不在同一省的。工作地未填的单列，不推断。
-- rule_en: Counted starts whose place of work lies in another province than the region they were
--   recorded for. An unknown place is neither.

WITH judged AS (
    SELECT s.log, s.idx, s.subject, s.person,
           CASE WHEN substr(s.work_region, 1, 2) = substr(s.region, 1, 2) THEN 'local'
                WHEN COALESCE(s.work_region, '') = '' THEN 'unknown_place' END AS reason
    FROM starts s
    WHERE s.reason IS NULL
)
SELECT j.subject AS key, j.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN j.reason IS NULL THEN 1 ELSE 0 END AS counted, j.reason, j.log, j.idx
FROM judged j
