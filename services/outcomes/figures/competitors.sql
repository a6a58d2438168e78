-- id: competitors
-- name_zh: 参赛人数
-- name_en: Competitors
-- unit: 人
-- member: activity
-- kind: flow
-- measure: sum
-- grade: attested
-- version: 1
-- parameters: programme, region, from, to, series
-- series: any text
-- exclusions: voided, not_stated
-- base_reasons:
-- details: kind, series
-- rule_zh: 期内开始的技能竞赛的参加人数合计，照主办方所报；没有报的单列。
-- rule_en: Competitors at skills competitions begun in the window, as their organisers state them.

SELECT a.subject AS key, CAST(NULL AS TEXT) AS person, a.attendees AS value,
       CASE WHEN a.voided = 1 OR a.attendees IS NULL THEN 0 ELSE 1 END AS counted,
       CASE WHEN a.voided = 1 THEN 'voided' WHEN a.attendees IS NULL THEN 'not_stated' END AS reason, a.log, a.idx,
       a.kind, a.series
FROM activities a
WHERE a.kind = 'competition'
  AND COALESCE(a.series, '') = COALESCE(CAST(:series AS TEXT), a.series, '')
