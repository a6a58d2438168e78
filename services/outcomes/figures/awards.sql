-- id: awards
-- name_zh: 获奖数
-- name_en: Awards
-- unit: 个
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
-- rule_zh: 期内开始的活动的获奖数合计，照主办方所报；没有报的技能竞赛单列。
-- rule_en: Awards given at activities begun in the window, as their organisers state them; competitions without such
--   a number are left aside.

SELECT a.subject AS key, CAST(NULL AS TEXT) AS person, a.awards AS value,
       CASE WHEN a.voided = 1 OR a.awards IS NULL THEN 0 ELSE 1 END AS counted,
       CASE WHEN a.voided = 1 THEN 'voided' WHEN a.awards IS NULL THEN 'not_stated' END AS reason, a.log, a.idx,
       a.kind, a.series
FROM activities a
WHERE (a.kind = 'competition' OR a.awards IS NOT NULL)
  AND COALESCE(a.series, '') = COALESCE(CAST(:series AS TEXT), a.series, '')
