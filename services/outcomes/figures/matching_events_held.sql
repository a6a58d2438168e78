-- id: matching_events_held
-- name_zh: 举办招聘对接活动
-- name_en: Matching events held
-- unit: 场次
-- member: job fair, signing ceremony or online fair
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided
-- base_reasons:
-- splits: kind = job_fair, signing_ceremony, online_fair
-- rule_zh: 期内举办的专场招聘会、签约仪式和网络招聘。三类性质不同，必须分列。
-- rule_en: Job fairs, signing ceremonies and online fairs held in the window. The kinds are unlike
--   and are shown apart.
SELECT x.subject AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN g.entry IS NULL THEN 1 ELSE 0 END AS counted,
       CASE WHEN g.entry IS NOT NULL THEN 'voided' END AS reason, x.log, x.idx,
       x.kind
FROM matching_event_held x
LEFT JOIN gone g ON g.entry = x.idx AND g.log = x.log
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
  AND x.held_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.held_day) AND :to_day
  AND (g.entry IS NULL
       OR (g.superseded = 0
           AND NOT EXISTS (
               SELECT 1 FROM matching_event_held later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log))))
