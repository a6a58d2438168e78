-- id: A05
-- name_zh: 参训期间在外省上岗
-- name_en: In class while at work in another province
-- version: 1
-- source: audit practice: two places at one time
-- cases: elsewhere E
-- zh.elsewhere: {class_no} 班（{enrolled_on} 至 {ended_on}）期间，此人自 {started_on} 起在外省（{work_region}）{employer} 上岗
-- en.elsewhere: during class {class_no}, {enrolled_on} to {ended_on}, the person was at work at {employer} in
--   another province ({work_region}), since {started_on}
-- facts: class_no, enrolled_on, ended_on, employer, started_on, work_region
-- figures: persons_trained, training_completions
-- rule_zh: 线下培训班起止之间，此人在外省有全日制、公益性岗位或派遣工作。
-- rule_en: Between the first and the last day of a class, online classes apart, the person is at work in another
--   province: full-time, in a public post or dispatched.

WITH met AS (
    SELECT t.subject, t.person, t.programme, t.region, t.log, t.idx, t.class_no, t.enrolled_on, t.ended_on,
           s.log AS log2, s.idx AS idx2, s.employer, s.started_on, s.work_region,
           ROW_NUMBER() OVER (PARTITION BY t.log, t.idx ORDER BY s.started_day, s.log, s.idx) AS nth
    FROM live_classroom t
    JOIN live_spells s ON s.person = t.person
    WHERE COALESCE(t.class_kind, '') <> 'online' AND s.kind IN ('full_time', 'public_post', 'dispatch')
      AND substr(s.work_region, 1, 2) <> substr(t.region, 1, 2)
      AND s.started_day < t.until_day AND COALESCE(s.ended_day, t.until_day) > t.enrolled_day
)
SELECT m.subject AS key, m.person, m.programme, m.region, 'elsewhere' AS finding, m.log, m.idx, m.log2, m.idx2,
       m.class_no, m.enrolled_on, m.ended_on, m.employer, m.started_on, m.work_region
FROM met m
WHERE m.nth = 1
