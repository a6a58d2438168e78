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

-- 0 a version, 1 voided
WITH set_aside AS MATERIALIZED (
    SELECT x.log, x.idx,
           MIN(CASE WHEN g.superseded = 1 OR EXISTS (
               SELECT 1 FROM matching_event_held later
               WHERE later.subject = x.subject AND later.log || '' = x.log
                 AND later.idx > x.idx AND later.idx < (SELECT cut.size FROM cut WHERE cut.log = later.log)
           ) THEN 0 ELSE 1 END) AS rank
    FROM gone g
    CROSS JOIN matching_event_held x
    WHERE x.log = g.log AND x.idx = g.entry
    GROUP BY x.log, x.idx
)
SELECT x.subject AS key, CAST(NULL AS TEXT) AS person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN u.rank = 1 THEN 0 ELSE 1 END AS counted,
       CASE WHEN u.rank = 1 THEN 'voided' END AS reason, x.log, x.idx,
       x.kind
FROM matching_event_held x
LEFT JOIN set_aside u ON u.idx = x.idx AND u.log = x.log
WHERE x.idx < (SELECT cut.size FROM cut WHERE cut.log = x.log)
  AND COALESCE(u.rank, 9) > 0
  AND x.programme = COALESCE(CAST(:programme AS TEXT), x.programme)
  AND substr(x.region, 1, length(COALESCE(CAST(:region AS TEXT), ''))) = COALESCE(CAST(:region AS TEXT), '')
  AND x.held_day BETWEEN COALESCE(CAST(:from_day AS INTEGER), x.held_day) AND :to_day
