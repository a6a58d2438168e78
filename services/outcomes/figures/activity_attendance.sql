-- id: activity_attendance
-- name_zh: 活动参加人次
-- name_en: Attendances at activities
-- unit: 人次
-- member: activity
-- kind: flow
-- measure: sum
-- grade: attested
-- version: 1
-- parameters: programme, region, from, to, activity_kind, series
-- activity_kind: any 不限 (default) | competition 技能竞赛 | volunteering 志愿服务 | online_training 线上培训
--   | promotion 推介会 | childcare_class 托管班 | other 其他
-- series: any text
-- exclusions: voided, not_stated
-- base_reasons:
-- details: kind, series
-- rule_zh: 期内开始的活动的参加人次合计，照主办方所报；没有报的单列。同一人参加几次算几人次，不是人数。
-- rule_en: Attendances at activities begun in the window, as their organisers state them; activities without such
--   a number are left aside. Attendances, not persons.

SELECT a.subject AS key, CAST(NULL AS TEXT) AS person, a.attendances AS value,
       CASE WHEN a.voided = 1 OR a.attendances IS NULL THEN 0 ELSE 1 END AS counted,
       CASE WHEN a.voided = 1 THEN 'voided' WHEN a.attendances IS NULL THEN 'not_stated' END AS reason, a.log, a.idx,
       a.kind, a.series
FROM activities a
WHERE a.kind = CASE CAST(:activity_kind AS TEXT) WHEN 'any' THEN a.kind ELSE CAST(:activity_kind AS TEXT) END
  AND COALESCE(a.series, '') = COALESCE(CAST(:series AS TEXT), a.series, '')
