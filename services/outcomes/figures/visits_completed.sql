-- id: visits_completed
-- name_zh: 完成回访
-- name_en: Visits completed
-- unit: 次
-- member: visit
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided, attempted_no_contact
-- base_reasons:
-- splits: state = working, left
-- rule_zh: 期内完成的回访（答复在岗或离岗）。失联是尝试过的回访，不算完成。
-- rule_en: Visits completed in the window: somebody answered, at work or not. An attempt that
--   reached nobody is not a completed visit.

WITH judged AS (
    SELECT v.log, v.idx, v.subject, v.person, v.state,
           CASE WHEN v.voided = 1 THEN 'voided'
                WHEN v.state = 'no_contact' THEN 'attempted_no_contact' END AS reason
    FROM visits v
    WHERE v.visited_day >= COALESCE(CAST(:from_day AS INTEGER), v.visited_day)
      AND substr(v.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
)
SELECT j.subject AS key, j.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN j.reason IS NULL THEN 1 ELSE 0 END AS counted, j.reason, j.log, j.idx,
       j.state
FROM judged j
