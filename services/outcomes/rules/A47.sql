-- id: A47
-- name_zh: 部分大于全体
-- name_en: A part larger than the whole
-- version: 1
-- source: C1, C6: subset and sum
-- cases: attendees E, hours E
-- zh.attendees: 活动“{title}”参加人数 {part} 多于参加人次 {whole}
-- en.attendees: activity “{title}” states {part} persons and only {whole} attendances
-- zh.hours: 理论学时与实操学时合计 {part}，与学时 {whole} 不符
-- en.hours: theory and practice make {part} hours, and {whole} are stated in all
-- facts: title, part, whole
-- figures: activity_attendance, training_hours
-- rule_zh: 活动人数多于人次；理论学时加实操学时不等于学时。
-- rule_en: More persons than attendances at an activity; hours of theory and practice that do not add up to the
--   hours stated.

SELECT a.subject AS key, CAST(NULL AS TEXT) AS person, a.programme, a.region, 'attendees' AS finding, a.log, a.idx,
       CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, a.title, a.attendees AS part, a.attendances AS whole
FROM live_activities a
WHERE a.attendees > a.attendances
UNION ALL
SELECT r.subject, r.person, r.programme, r.region, 'hours', r.log, r.idx, CAST(NULL AS TEXT), CAST(NULL AS BIGINT), CAST(NULL AS TEXT),
       (r.theory_hours_tenths + r.practice_hours_tenths) / 10, r.hours_tenths / 10
FROM live_results r
WHERE r.theory_hours_tenths + r.practice_hours_tenths <> r.hours_tenths
