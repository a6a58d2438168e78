-- id: A34
-- name_zh: 离岗后仍报在岗
-- name_en: Reported at work after leaving
-- version: 1
-- source: audit practice; DDU-GKY field verification
-- cases: after_leaving E
-- zh.after_leaving: {visited_on} 回访记为“在岗”，但此人已于 {ended_on} 从 {employer} 离岗，此后无在岗记录
-- en.after_leaving: the visit of {visited_on} says "at work", but the person had left {employer} on {ended_on}
--   and no work of theirs goes on beyond it
-- facts: visited_on, ended_on, employer
-- figures: visits_completed, persons_employed, retained_d30, retained_d90, retained_d180
-- rule_zh: 回访答“在岗”的当日，此人所有工作都已结束，且至少一段属于同一项目。
-- rule_en: A visit heard "at work" on a day on which all work of the person had ended, at least one spell of it
--   in the same programme.

WITH met AS (
    SELECT v.subject, v.person, v.programme, v.region, v.log, v.idx, v.visited_on, s.programme AS of_programme,
           s.employer, s.ended_on, s.ended_day, s.end_log, s.end_idx,
           CASE WHEN COALESCE(s.ended_day, v.visited_day) >= v.visited_day THEN 1 ELSE 0 END AS goes_on
    FROM live_visits v
    JOIN live_spells s ON s.person = v.person
    WHERE v.state = 'working' AND s.started_day <= v.visited_day
),
judged AS (
    SELECT m.subject, m.person, m.programme, m.region, m.log, m.idx, m.visited_on, m.of_programme, m.employer,
           m.ended_on, m.end_log, m.end_idx,
           MAX(m.goes_on) OVER (PARTITION BY m.log, m.idx) AS at_work,
           ROW_NUMBER() OVER (PARTITION BY m.log, m.idx
                              ORDER BY CASE WHEN m.of_programme = m.programme THEN 0 ELSE 1 END,
                                       m.ended_day DESC, m.end_log, m.end_idx) AS nth
    FROM met m
)
SELECT j.subject AS key, j.person, j.programme, j.region, 'after_leaving' AS finding, j.log, j.idx,
       j.end_log AS log2, j.end_idx AS idx2, j.visited_on, j.ended_on, j.employer
FROM judged j
WHERE j.at_work = 0 AND j.nth = 1 AND j.of_programme = j.programme
